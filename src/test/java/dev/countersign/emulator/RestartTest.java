package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file keeps, what a reset drops, what a bad seed says. */
final class RestartTest {
    private final SettableClock clock = new SettableClock();

    @TempDir
    private Path folder;

    private EmulatorServer start(Path file, boolean reset) {
        return EmulatorServer.start(
                EmulatorConfig.inFile(Client.KEY, clock, file).withReset(reset));
    }

    @Test
    void stateTokensAndIdsSurviveARestart() throws Exception {
        Path file = folder.resolve("permit");
        String request;
        String token;
        String user;
        try (EmulatorServer first = start(file, false)) {
            Client client = new Client(first);
            request = client.fileAccess("henry", "3");
            token = client.token("joe");
            user = client.get(client.facts + "/users/3").body().path("id").asText();
        }
        try (EmulatorServer second = start(file, false)) {
            Client client = new Client(second);
            assertThat(client.get(client.facts + "/users/3").body().path("id").asText())
                    .isEqualTo(user);
            String approve = client.elementsRequests() + "/" + request + "/approve";
            assertThat(client.send("PUT", approve, token, "{}").status()).isEqualTo(200);
            assertThat(client.check("henry", "read", "3")).isTrue();
            assertThat(client.get(client.facts + "/users")
                            .body()
                            .path("total_count")
                            .asInt())
                    .as("seeded once")
                    .isEqualTo(4);
        }
    }

    @Test
    void whatWasAcknowledgedIsInTheFileAtOnce() throws Exception {
        Path file = folder.resolve("permit");
        Path copy = folder.resolve("copy");
        String request;
        try (EmulatorServer running = start(file, false)) {
            request = new Client(running).fileAccess("henry", "3");
            // What a killed process leaves behind is the file as it is now, without an orderly end.
            Files.copy(folder.resolve("permit.mv.db"), folder.resolve("copy.mv.db"));
        }
        try (EmulatorServer second = start(copy, false)) {
            Client client = new Client(second);
            assertThat(client.get(client.factsRequests("henry") + "/" + request)
                            .body()
                            .path("status")
                            .asText())
                    .isEqualTo("pending");
        }
    }

    @Test
    void resetSeedsAgain_withTheSameIdsForTheFamilyAndNewOnesForRequests() throws Exception {
        Path file = folder.resolve("permit");
        String request;
        String user;
        try (EmulatorServer first = start(file, false)) {
            Client client = new Client(first);
            request = client.fileAccess("henry", "3");
            user = client.get(client.facts + "/users/henry").body().path("id").asText();
        }
        try (EmulatorServer second = start(file, true)) {
            Client client = new Client(second);
            assertThat(client.get(client.factsRequests("henry")).body().path("data"))
                    .isEmpty();
            assertThat(client.get(client.facts + "/users/henry")
                            .body()
                            .path("id")
                            .asText())
                    .isEqualTo(user);
            assertThat(client.fileAccess("henry", "3")).isNotEqualTo(request);
        }
    }

    @Test
    void idsAreTheSameInEveryFreshEmulator() throws Exception {
        String first;
        try (EmulatorServer server = start(folder.resolve("a"), false)) {
            first = new Client(server).fileAccess("henry", "3");
        }
        try (EmulatorServer server = start(folder.resolve("b"), false)) {
            assertThat(new Client(server).fileAccess("henry", "3")).isEqualTo(first);
        }
    }

    @Test
    void unreadableFile_portInUse_andBadSeedAreErrorsThatSayWhatToDo() throws Exception {
        Path file = folder.resolve("permit");
        try (EmulatorServer running = start(file, false)) {
            int port = Integer.parseInt(running.url().substring(running.url().lastIndexOf(':') + 1));
            EmulatorConfig samePort = EmulatorConfig.inMemory(Client.KEY, clock).withPort(port);
            assertThatThrownBy(() -> EmulatorServer.start(samePort))
                    .isInstanceOf(CountersignException.class)
                    .hasMessageContaining("CS-802");
        }
        Files.writeString(folder.resolve("broken.mv.db"), "this is no database");
        assertThatThrownBy(() -> start(folder.resolve("broken"), false))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-801");
        Path seed = folder.resolve("bad.permit.yaml");
        Files.writeString(seed, """
                format: 1
                resource:
                  key: docs
                  actions: [read]
                  roles:
                    reader:
                      permissions: [fly]
                """);
        EmulatorConfig bad = EmulatorConfig.inMemory(Client.KEY, clock).withSeedFile(seed);
        assertThatThrownBy(() -> EmulatorServer.start(bad))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("bad.permit.yaml:7")
                .hasMessageContaining("fly");
        Files.writeString(seed, "format: 9\n");
        assertThatThrownBy(() -> EmulatorServer.start(bad)).hasMessageContaining("format: 1");
    }

    @Test
    void anotherSeedFileServesAnotherDomain() throws Exception {
        Path seed = folder.resolve("docs.permit.yaml");
        Files.writeString(seed, """
                format: 1
                resource:
                  key: docs
                  actions: [read]
                  roles:
                    reader: {permissions: [read]}
                instances:
                  - key: plan
                users:
                  - key: ann
                    roles: {reader: [plan]}
                """);
        try (EmulatorServer server =
                EmulatorServer.start(EmulatorConfig.inMemory(Client.KEY, clock).withSeedFile(seed))) {
            Client client = new Client(server);
            assertThat(client.post(
                                    "/allowed",
                                    "{\"user\":\"1\",\"action\":\"read\",\"resource\":{\"type\":\"docs\",\"key\":\"plan\"}}")
                            .body()
                            .path("allow")
                            .asBoolean())
                    .isTrue();
        }
    }
}
