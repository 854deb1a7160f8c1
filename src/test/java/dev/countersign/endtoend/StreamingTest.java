package dev.countersign.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.RunningServer;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.model.OpenAiStub;
import dev.countersign.server.PlainChat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server, a model endpoint that holds its answer open, and a plain WebSocket client. */
@Tag("store")
final class StreamingTest {
    @TempDir
    Path folder;

    private Config config(EmulatorServer emulator, OpenAiStub stub) throws IOException {
        Files.createDirectories(folder.resolve("checkpoints"));
        Map<String, String> settings = new HashMap<>(Map.of(
                "PERMIT_API_KEY", Rig.KEY,
                "PERMIT_API_URL", emulator.url(),
                "PERMIT_PDP_URL", emulator.url(),
                "OPENAI_BASE_URL", stub.baseUrl().toString(),
                "COUNTERSIGN_DURABILITY", "process",
                "COUNTERSIGN_STATE_DIR", folder.resolve("state").toString()));
        settings.putAll(Stores.settings(folder));
        return Config.of(new Places(folder, Path.of("").toAbsolutePath()), settings);
    }

    @Test
    void theFirstTokenReachesTheClientBeforeTheModelHasFinished_andABrokenStreamIsAnErrorOfTheModel() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        try (OpenAiStub stub = OpenAiStub.start(request -> OpenAiStub.says("unused"));
                EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()));
                RunningServer server = RunningServer.start(config(emulator, stub), new RunningServer.Options(0, true));
                PlainChat henry = PlainChat.login(server.url(), "henry", "henry_password")) {
            stub.streaming((request, pieces) -> {
                pieces.say("Good ");
                heard.await();
                pieces.say("evening.");
                pieces.finish("stop");
            });
            henry.say("hello");
            JsonNode first = henry.next();
            assertThat(first.path("type").asText()).isEqualTo("delta");
            assertThat(first.path("content").asText()).isEqualTo("Good ");
            heard.countDown();
            List<JsonNode> rest = henry.turn();
            assertThat(PlainChat.types(rest)).containsExactly("delta", "text", "history_update");
            assertThat(rest.get(1).path("content").asText()).isEqualTo("Good evening.");

            stub.streaming((request, pieces) -> pieces.say("I shall now order a piz"));
            List<JsonNode> broken = henry.say("and then?").turn();
            assertThat(PlainChat.types(broken)).containsExactly("delta", "text", "history_update");
            assertThat(broken.get(1).path("content").asText())
                    .startsWith("I could not get an answer just now")
                    .doesNotContain("a piz");
            assertThat(broken.get(2).path("content").toString()).doesNotContain("a piz");
        }
    }
}
