package dev.countersign.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.RunningServer;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.Json;
import dev.countersign.db.Stores;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server's figures say while the family uses it. */
@Tag("store")
final class FiguresTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private String server = "";

    @Test
    void aParkedRequestAndItsDecision_areCounted_andNobodyIsNamed() throws Exception {
        Files.createDirectories(folder.resolve("checkpoints"));
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        Config config = Config.of(new Places(folder, Path.of("").toAbsolutePath()), settings);
        try (RunningServer running = RunningServer.start(config, new RunningServer.Options(0, true))) {
            server = running.url().toString();
            String henry = login("henry");
            String chat = call(henry, "/api/threads", "{\"agent\":\"food-ordering\"}")
                    .path("id")
                    .asText();
            say(henry, chat, "show me the menu of Fancy French");
            atRest(henry, chat);
            say(henry, chat, "because quagmire birthday is today");
            await().atMost(Rig.PATIENCE)
                    .until(() -> call(henry, "/api/threads/" + chat, null)
                            .path("status")
                            .asText()
                            .equals("PARKED"));
            String parked = figures();
            assertThat(figure(parked, "countersign_threads{status=\"parked\"}")).isEqualTo(1);
            assertThat(figure(parked, "countersign_approvals_pending")).isEqualTo(1);
            assertThat(figure(parked, "countersign_turn_seconds_count{outcome=\"at rest\"}"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(parked)
                    .contains(
                            "countersign_tool_call_seconds_count{outcome=\"succeeded\",tool=\"create_access_request\"}");
            assertThat(figure(parked, "countersign_barrier_seconds_count")).isPositive();
            assertThat(figure(parked, "countersign_store_bytes")).isPositive();
            assertThat(figure(parked, "countersign_permit_calls_allowed")).isEqualTo(600);

            String joe = login("joe");
            String request =
                    call(joe, "/api/approvals/review", null).findPath("id").asText();
            call(joe, "/api/approvals/" + request + "/approve", "{}");
            await().atMost(Rig.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(figures()).contains("countersign_decision_seconds_count{state=\"approved\"} 1"));
            assertThat(figure(figures(), "countersign_permit_call_seconds_count{answer=\"200\"}"))
                    .as("its being read back")
                    .isPositive();
            assertThat(figures())
                    .doesNotContainIgnoringCase("henry")
                    .doesNotContainIgnoringCase("quagmire")
                    .doesNotContainIgnoringCase("Fancy")
                    .doesNotContain(chat);
        }
    }

    private void atRest(String login, String chat) {
        await().atMost(Rig.PATIENCE)
                .until(() -> !call(login, "/api/threads/" + chat, null)
                        .path("status")
                        .asText()
                        .equals("RUNNING"));
    }

    private void say(String login, String chat, String text) throws Exception {
        call(
                login,
                "/api/threads/" + chat + "/messages",
                Json.write(Json.object().put("message", text)));
    }

    private String login(String user) throws Exception {
        String form = "username=" + user + "&password=" + URLEncoder.encode(user + "_password", StandardCharsets.UTF_8);
        return Json.read(send(HttpRequest.newBuilder(URI.create(server + "/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))))
                .path("access_token")
                .asText();
    }

    private JsonNode call(String login, String path, @Nullable String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Authorization", "Bearer " + login)
                .header("Content-Type", "application/json");
        return Json.read(send(body == null ? request : request.POST(BodyPublishers.ofString(body))));
    }

    private String figures() throws Exception {
        return send(HttpRequest.newBuilder(URI.create(server + "/metrics")));
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString())
                .body();
    }

    private static double figure(String text, String name) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
        assertThat(line.find()).as(name + " in\n" + text).isTrue();
        return Double.parseDouble(line.group(1));
    }
}
