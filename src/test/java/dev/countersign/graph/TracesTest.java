package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.app.TraceCollector;
import dev.countersign.app.TraceCollector.Traced;
import dev.countersign.app.Tracing;
import dev.countersign.config.ObservationConfig;
import dev.countersign.config.Secret;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadStatus;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of traces is told of a conversation that parks and goes on. */
@Tag("store")
final class TracesTest {
    private static final String MARKER = "quagmire";
    private static final String ASK =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\"," + "\"reason\":\""
                    + MARKER + "\"}";
    private static final String TURN = "invoke_agent things";

    @TempDir
    Path folder;

    private final ScriptedModel model = ScriptedModel.obedient();

    @SuppressWarnings("NullAway.Init")
    private World world;

    private String chat = "";
    private @Nullable Tracing tracing;

    @BeforeEach
    void open() {
        world = new World(folder, model);
        chat = world.chat(HENRY);
    }

    @AfterEach
    void close() {
        if (tracing != null) {
            tracing.close();
        }
        world.close();
    }

    private void traceTo(String url) {
        tracing = Tracing.begin(new ObservationConfig.Traces(
                        Optional.of(URI.create(url)),
                        Map.of("Authorization", new Secret("Bearer of-the-collector")),
                        "countersign",
                        false))
                .orElseThrow();
    }

    private void restart() {
        world.close();
        world = new World(folder, model, world.permit, world.clock);
        var unused = world.runtime.listen(HENRY, chat, world.news::add);
    }

    private void approve() {
        String id = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        world.permit.approve(RequestKind.ACCESS, id, "joe", MARKER);
        world.runtime.wake();
    }

    private static List<Traced> turns(TraceCollector collector, int count) {
        await().atMost(World.PATIENCE).until(() -> collector.named(TURN).size() == count);
        return collector.named(TURN);
    }

    @Test
    void aParkedTurnAndTheOneThatGoesOn_areTwoTracesJoinedByALink_alsoOverARestart() throws Exception {
        try (TraceCollector collector = TraceCollector.start()) {
            traceTo(collector.url());
            world.say(HENRY, chat, ASK);
            Traced parked = turns(collector, 1).get(0);
            assertThat(parked.facts())
                    .containsEntry("gen_ai.operation.name", "invoke_agent")
                    .containsEntry("gen_ai.agent.name", "things")
                    .containsEntry("gen_ai.conversation.id", chat)
                    .containsEntry("countersign.event", "message")
                    .containsEntry("countersign.thread.status", "parked");
            assertThat(parked.parent()).isEmpty();
            assertThat(parked.links()).isEmpty();

            restart();
            approve();
            world.waitFor(HENRY, chat, ThreadStatus.IDLE);
            Traced resumed = turns(collector, 2).get(1);

            assertThat(resumed.links()).containsExactly(parked.place());
            assertThat(resumed.trace()).isNotEqualTo(parked.trace());
            assertThat(resumed.parent()).isEmpty();
            assertThat(resumed.facts())
                    .containsEntry("countersign.event", "decision")
                    .containsEntry("countersign.thread.status", "idle");

            world.say(HENRY, chat, "hello");
            assertThat(turns(collector, 3).get(2).links())
                    .as("nothing was paused")
                    .isEmpty();
            assertThat(collector.authorizations()).containsOnly("Bearer of-the-collector");
        }
    }

    @Test
    void callsOfModelAndToolsStandWithinTheirTurn_withoutATextOfAnybody() throws Exception {
        try (TraceCollector collector = TraceCollector.start()) {
            traceTo(collector.url());
            world.say(HENRY, chat, "call do_thing {\"name\":\"" + MARKER + "\"} + " + ASK.substring(5));
            Traced turn = turns(collector, 1).get(0);

            assertThat(collector.spans())
                    .filteredOn(span -> !span.equals(turn))
                    .isNotEmpty()
                    .allSatisfy(span -> {
                        assertThat(span.trace()).isEqualTo(turn.trace());
                        assertThat(span.parent()).isEqualTo(turn.id());
                    });
            assertThat(collector.named("execute_tool do_thing"))
                    .singleElement()
                    .satisfies(span -> assertThat(span.facts())
                            .containsEntry("gen_ai.operation.name", "execute_tool")
                            .containsEntry("gen_ai.tool.name", "do_thing")
                            .containsEntry("countersign.tool.outcome", "succeeded")
                            .containsKey("gen_ai.tool.call.id"));
            assertThat(collector.named("execute_tool create_access_request")).hasSize(1);
            assertThat(collector.spans().stream().filter(span -> span.name().startsWith("chat")))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(span -> assertThat(span.facts()).containsEntry("gen_ai.operation.name", "chat"));
            assertThat(collector.bytes())
                    .doesNotContain(MARKER)
                    .doesNotContain("henry")
                    .doesNotContain("hello")
                    .doesNotContain("of-the-collector");
        }
    }

    @Test
    void withACollectorThatIsAway_everythingGoesOn_andAStopWaitsAWhileAtMost() throws Exception {
        int nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = taken.getLocalPort();
        }
        traceTo("http://127.0.0.1:" + nobody);
        world.say(HENRY, chat, ASK);
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.PARKED);
        approve();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);

        Tracing away = Objects.requireNonNull(tracing);
        tracing = null;
        Thread stop = new Thread(away::close);
        stop.start();
        stop.join(Duration.ofSeconds(60).toMillis());
        assertThat(stop.isAlive()).isFalse();
    }

    @Test
    void aThreadThatParkedWhileNobodyTraced_goesOnWithoutALink() throws Exception {
        world.say(HENRY, chat, ASK);
        try (TraceCollector collector = TraceCollector.start()) {
            traceTo(collector.url());
            approve();
            assertThat(turns(collector, 1).get(0).links()).isEmpty();
        }
    }
}
