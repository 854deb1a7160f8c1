package dev.countersign.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.AgentOutfits;
import dev.countersign.app.ForeignSettings;
import dev.countersign.app.TraceCollector;
import dev.countersign.app.TraceCollector.Traced;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.Json;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.notify.Receiver;
import dev.countersign.notify.Receiver.Answer;
import dev.countersign.permit.Permits;
import dev.countersign.permit.RequestKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server as a process of its own, killed while a job is parked and the endpoint that should hear of it answers 503: after the
 * next start the job is finished with no client connected, and each notification arrives once.
 */
final class NotifiedAfterKillTest {
    private static final Pattern SERVES = Pattern.compile("serves at (http://\\S+)");
    private static final String GOAL = """
            Prepare a dinner. The reason is that it is my birthday.
            - show me the menu of Fancy French
            """;

    @TempDir
    Path folder;

    private final Path home = Path.of("").toAbsolutePath();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicBoolean open = new AtomicBoolean();
    private final Collection<ProcessHandle> started = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private EmulatorServer emulator;

    @SuppressWarnings("NullAway.Init")
    private Receiver receiver;

    @SuppressWarnings("NullAway.Init")
    private TraceCollector collector;

    private String token = "";
    private int starts;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(folder.resolve("checkpoints"));
        emulator = EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()));
        collector = TraceCollector.start();
        receiver = Receiver.start(message -> open.get() ? Answer.OK : Answer.of(503));
    }

    @AfterEach
    void stop() {
        started.forEach(ProcessHandle::destroyForcibly);
        receiver.close();
        collector.close();
        emulator.close();
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(150)).pollInterval(Duration.ofMillis(50));
    }

    private Map<String, String> settings() {
        Map<String, String> all = new HashMap<>(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()));
        all.putAll(Map.of(
                "PERMIT_API_KEY",
                Rig.KEY,
                "PERMIT_API_URL",
                emulator.url(),
                "PERMIT_PDP_URL",
                emulator.url(),
                "COUNTERSIGN_STATE_DIR",
                folder.resolve("state").toString(),
                "COUNTERSIGN_POLL_INTERVAL",
                "200ms",
                "COUNTERSIGN_LOG_FORMAT",
                "json",
                "COUNTERSIGN_NOTIFY_HTTP_URL",
                receiver.url(),
                "COUNTERSIGN_NOTIFY_HTTP_SECRET",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        return all;
    }

    private record Server(Process process, URI url) {}

    private Server server() throws IOException {
        List<String> command = new ArrayList<>(AgentOutfits.selfCommand());
        command.add(1, "-Dcountersign.home=" + home);
        command.addAll(List.of("serve", "--port", "0", "--demo"));
        Path output = folder.resolve("server-" + starts++ + ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        ForeignSettings.removeFrom(builder.environment());
        builder.environment().putAll(settings());
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(errors(starts - 1).toFile()))
                .start();
        started.add(process.toHandle());
        patiently().until(() -> !process.isAlive() || serves(output).find());
        Matcher said = serves(output);
        assertThat(said.find()).as(Files.readString(output)).isTrue();
        return new Server(process, URI.create(String.valueOf(said.group(1))));
    }

    private Path errors(int start) {
        return folder.resolve("server-" + start + ".err");
    }

    /** What both wrote to standard error: one JSON object a line, with ids and without what anybody wrote. */
    private void theLogIsForProgramsAndTellsNothing(String job) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (int start = 0; start < starts; start++) {
            String all = Files.readString(errors(start));
            assertThat(all)
                    .doesNotContain("birthday", "Prepare", "Fancy", "nice party")
                    .doesNotContain("_password", Rig.KEY, "whsec_", "eyJ");
            // A kill may leave half a line behind.
            assertThat(all).matches(text -> text.endsWith("}\n"));
            all.lines().map(Json::read).forEach(lines::add);
        }
        assertThat(lines).anySatisfy(line -> {
            assertThat(line.path("logger").asText()).isEqualTo("countersign.tools");
            assertThat(line.path("thread").asText()).isEqualTo(job);
            assertThat(line.path("principal").asText()).isEqualTo("henry");
            assertThat(line.path("turn").asLong()).isPositive();
        });
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("at").asText()).endsWith("Z");
            assertThat(line.path("message").asText()).isNotBlank();
        });
    }

    private static Matcher serves(Path output) throws IOException {
        return SERVES.matcher(Files.readString(output));
    }

    private JsonNode answered(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = http.send(
                request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return Json.read(response.body());
    }

    private JsonNode get(Server server, String path) throws Exception {
        return answered(HttpRequest.newBuilder(server.url().resolve(path)));
    }

    private JsonNode post(Server server, String path, String type, String body) throws Exception {
        return answered(HttpRequest.newBuilder(server.url().resolve(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private void logIn(Server server) throws Exception {
        String form = "username=henry&password=henry_password";
        token = post(server, "/token", "application/x-www-form-urlencoded", form)
                .path("access_token")
                .asText();
    }

    private String status(Server server, String job) throws Exception {
        return get(server, "/api/jobs/" + job).path("status").asText();
    }

    private long taken(String type) {
        return receiver.taken().stream()
                .filter(one -> Json.read(one.body()).path("type").asText().equals(type))
                .count();
    }

    /** The line is logged once the failed attempt is noted; the row itself stands in another process's store. */
    private boolean logSays(String words) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("state").resolve("countersign.log"))) {
            return lines.anyMatch(line -> line.contains(words));
        }
    }

    private static void kill(Server server) throws InterruptedException {
        server.process().destroyForcibly();
        assertThat(server.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aParkedJobSurvivesTheKillOfItsServer_isFinishedWithNobodyConnected_andEachNotificationArrivesOnce()
            throws Exception {
        Server first = server();
        first.process().descendants().forEach(started::add);
        logIn(first);
        String job = post(first, "/api/jobs", "application/json", Json.write(Map.of("goal", GOAL)))
                .path("id")
                .asText();
        patiently().until(() -> status(first, job).equals("PARKED"));
        patiently().until(() -> logSays("a notification could not be sent: answered 503"));
        String request = get(first, "/api/threads/" + job + "/approvals")
                .at("/approvals/0/request_id")
                .asText();
        patiently().until(() -> turns().size() == 1);
        kill(first);

        // Joe decides while no server runs.
        Config config = Config.of(new Places(folder, home), settings());
        Permits.connect(config.permit()).approve(RequestKind.ACCESS, request, "joe", "have a nice party");
        open.set(true);

        Server second = server();
        second.process().descendants().forEach(started::add);
        patiently().until(() -> taken("approval.decided") == 1 && taken("approval.filed") == 1);
        logIn(second);
        patiently().until(() -> status(second, job).equals("DONE"));
        second.process().destroy();
        assertThat(second.process().waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(receiver.taken()).hasSize(2);
        assertThat(receiver.received().stream()
                        .filter(one -> one.body().contains("approval.filed"))
                        .map(one -> one.header("webhook-id"))
                        .distinct())
                .as("the attempt before the kill, and that after it")
                .hasSize(1);
        assertThat(receiver.received()).allMatch(one -> !one.body().contains("birthday"));
        theLogIsForProgramsAndTellsNothing(job);
        assertThat(turns()).as("an orderly stop sends what is left").hasSize(2);
        assertThat(turns().get(1).links()).containsExactly(turns().get(0).place());
        assertThat(collector.bytes()).doesNotContain("birthday", "Fancy", "nice party", "henry");
    }

    private List<Traced> turns() {
        return collector.spans().stream()
                .filter(span -> span.name().startsWith("invoke_agent"))
                .toList();
    }
}
