package dev.countersign.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Principal;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.permit.PermitSetup;
import dev.countersign.secondagent.VolumeStore;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent of another domain, from three files and somebody else's MCP server: it files, parks, restarts, is approved and
 * denied as the shipped one is. At Permit there is nothing but what its own setup file brings.
 */
@Tag("store")
final class SecondAgentTest {
    private static final Principal ADA = new Principal("ada");
    private static final String AGENT = "volumes";
    static final Map<String, String> ITS_PLACE_AT_PERMIT = Map.of(
            "RESOURCE_KEY", "volumes",
            "ACCESS_ELEMENTS_CONFIG_ID", "volume-requests",
            "OPERATION_ELEMENTS_CONFIG_ID", "volume-operations");
    private static final String NOTHING = """
            format: 1
            resource: {key: unrelated, name: Unrelated, actions: [look], roles: {}}
            """;

    @TempDir
    Path folder;

    private static String resource(String name) throws IOException {
        return Files.readString(Path.of("src/test/resources/agents", name));
    }

    private Path volumeFile() {
        return folder.resolve("volumes.txt");
    }

    /** The agent's files as they are, but for what only this machine knows. */
    static void install(Path folder) throws IOException {
        Path graphs = Files.createDirectories(folder.resolve("graphs"));
        Files.writeString(
                graphs.resolve("volumes.yaml"),
                resource("volumes.yaml")
                        .replace(
                                "JAVA",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString())
                        .replace(
                                "CLASSES",
                                Path.of("target", "test-classes")
                                        .toAbsolutePath()
                                        .toString())
                        .replace("VOLUME_FILE", folder.resolve("volumes.txt").toString()));
        Files.writeString(graphs.resolve("volumes.examples.yaml"), resource("volumes.examples.yaml"));
        Files.writeString(graphs.resolve("volumes.permit.yaml"), resource("volumes.permit.yaml"));
    }

    static EmulatorServer emptyPermit(Path folder) throws IOException {
        Path seed = Files.writeString(folder.resolve("nothing.permit.yaml"), NOTHING);
        return EmulatorServer.start(
                EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()).withSeedFile(seed));
    }

    private long deletions() {
        return new VolumeStore(volumeFile()).effects("delete_volume");
    }

    @Test
    void anAgentOfAnotherDomainFilesParksRestartsIsApprovedAndDenied_withNothingButItsFiles() throws IOException {
        install(folder);
        try (EmulatorServer emulator = emptyPermit(folder);
                Rig rig = new Rig(folder, emulator, ITS_PLACE_AT_PERMIT, Rig::offline)) {
            new PermitSetup(rig.config.permit()).apply(folder.resolve("graphs/volumes.permit.yaml"), false);
            String chat = rig.chat(ADA, AGENT);

            assertThat(rig.say(ADA, chat, "what volumes are there?")).contains("build cache");
            assertThat(rig.say(ADA, chat, "delete the volume build cache")).containsIgnoringCase("permission");
            assertThat(rig.status(ADA, chat)).isEqualTo(ThreadStatus.PARKED);
            assertThat(rig.pending(ADA, chat)).get().satisfies(approval -> {
                assertThat(approval.tool()).isEqualTo("delete_volume");
                assertThat(approval.operation()).isEqualTo("delete_volume: vol-2");
                assertThat(approval.resourceInstance()).isEqualTo("vol-2");
                assertThat(approval.reason()).isEqualTo("Delete volume vol-2 and everything on it");
            });
            assertThat(deletions()).isZero();

            rig.restart();
            assertThat(rig.status(ADA, chat)).isEqualTo(ThreadStatus.PARKED);
            rig.approve(ADA, chat, "grace", "not needed any more");
            rig.waitFor(ADA, chat, ThreadStatus.IDLE);
            assertThat(deletions()).isEqualTo(1);
            assertThat(new VolumeStore(volumeFile()).volumes()).containsOnlyKeys("vol-1", "vol-3");
            assertThat(rig.results(ADA, chat))
                    .last()
                    .satisfies(result -> assertThat(result.text()).isEqualTo("Volume vol-2 (build cache) is deleted."));

            rig.follow(ADA, chat);
            rig.say(ADA, chat, "delete the volume mail spool");
            rig.deny(ADA, chat, "grace", "the lawyers want it kept");
            rig.waitFor(ADA, chat, ThreadStatus.IDLE);
            assertThat(rig.lastText(ADA, chat)).contains("the lawyers want it kept");
            assertThat(deletions()).isEqualTo(1);
            assertThat(new VolumeStore(volumeFile()).volumes()).containsOnlyKeys("vol-1", "vol-3");

            assertThat(rig.say(ADA, chat, "resize the volume payroll archive to 200 gb"))
                    .contains("200");
            assertThat(new VolumeStore(volumeFile()).effects("resize_volume")).isEqualTo(1);
        }
    }
}
