package dev.countersign.graph;

import static org.awaitility.Awaitility.await;

import dev.countersign.account.SettableClock;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.Waiting;
import dev.langchain4j.model.chat.ChatModel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A runtime over a real store, with a model, tools and a Permit that a test steers. */
final class World implements AutoCloseable {
    static final Principal HENRY = new Principal("henry");
    static final Principal JOE = new Principal("joe");
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final Duration LEASE = Duration.ofSeconds(30);
    private static final Instant BEGIN = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration POLL = Duration.ofMillis(50);

    final FakePermit permit;
    final ScriptedTools tools;
    final SettableClock clock;
    final List<Live> news = new CopyOnWriteArrayList<>();
    final Database database;
    final Ports ports;
    final Agents runtime;

    World(Path folder, ChatModel model) {
        this(folder, model, new FakePermit(), new SettableClock(BEGIN));
    }

    /** With an instance that is named otherwise where approvals are asked for. */
    World(Path folder, String instance) {
        this(
                Stores.open(folder),
                ScriptedModel.obedient(),
                new FakePermit(),
                new SettableClock(BEGIN),
                agent(Limits.DEFAULTS, instance));
    }

    World(Path folder, ChatModel model, FakePermit permit, SettableClock clock) {
        this(folder, model, permit, clock, Limits.DEFAULTS);
    }

    World(Path folder, ChatModel model, FakePermit permit, SettableClock clock, Limits limits) {
        this(Stores.open(folder), model, permit, clock, agent(limits));
    }

    /** Over a store whose connections pass through the test's hands. */
    World(Path folder, UnaryOperator<DataSource> passing) {
        this(
                Stores.open(Stores.config(folder), passing),
                ScriptedModel.obedient(),
                new FakePermit(),
                new SettableClock(BEGIN),
                agent(Limits.DEFAULTS));
    }

    private World(Database database, ChatModel model, FakePermit permit, SettableClock clock, AgentDefinition agent) {
        this.permit = permit;
        this.clock = clock;
        this.tools = new ScriptedTools(permit);
        this.database = database;
        this.ports = Ports.over(database, permit, clock, () -> UUID.randomUUID().toString(), LEASE, Duration.ZERO);
        this.runtime =
                Agents.start(ports, List.of(new Outfit(agent, model, tools)), new Pace(POLL, LEASE, 4), pause -> {});
    }

    static AgentDefinition agent(Limits limits) {
        return agent(limits, "3");
    }

    private static AgentDefinition agent(Limits limits, String instance) {
        ToolPolicy policy = new ToolPolicy(
                Map.of(
                        "child-can-view",
                        Set.of(
                                "list_things",
                                "do_thing",
                                "drop_thing",
                                "create_access_request",
                                "create_operation_approval"),
                        "parent",
                        Set.of("*")),
                List.of(
                        new RequestRule("create_access_request", RequestKind.ACCESS, Duration.ofDays(7)),
                        new RequestRule("create_operation_approval", RequestKind.OPERATION, Duration.ofDays(1))),
                List.of(new ApprovalRule(
                        "drop_thing",
                        "create_operation_approval",
                        instance,
                        "drop_thing: {name}",
                        "Drop the thing {name}",
                        new Waiting(Duration.ofDays(1), Duration.ofHours(6), Duration.ofHours(12)))));
        return new AgentDefinition(
                "things", "Things", "You help {user}.", Optional.empty(), List.of(), policy, limits, "print");
    }

    /** Opens a chat and listens to it. */
    String chat(Principal user) {
        String id = runtime.open(user, "things", ThreadKind.CHAT, "a chat").id();
        var unused = runtime.listen(user, id, news::add);
        return id;
    }

    /** Says something and waits until the turn has come to rest. */
    void say(Principal user, String thread, String text) {
        clock.advance(Duration.ofSeconds(1));
        long ended = ended();
        runtime.send(user, thread, text);
        // The end of an earlier turn may be told only now: what was said is through when the thread rests again, too.
        await().atMost(PATIENCE)
                .until(() -> ended() > ended && runtime.thread(user, thread).status() != ThreadStatus.RUNNING);
    }

    long ended() {
        return news.stream().filter(live -> live.kind() == Live.Kind.TURN_ENDED).count();
    }

    ThreadView waitFor(Principal user, String thread, ThreadStatus status) {
        await().atMost(PATIENCE).until(() -> runtime.thread(user, thread).status() == status);
        return runtime.thread(user, thread);
    }

    /** Waits until no turn holds a thread here, which is a moment after the thread rests. */
    void quiet() {
        await().atMost(PATIENCE).until(runtime::isQuiet);
    }

    String lastText(Principal user, String thread) {
        List<Entry> all = transcript(user, thread);
        return all.get(all.size() - 1).text();
    }

    List<Entry> transcript(Principal user, String thread) {
        return runtime.transcript(user, thread, 0, 10_000);
    }

    ApprovalView approval(Principal user, String thread, int index) {
        return runtime.approvals(user, thread).get(index);
    }

    /** Stops the runtime and its store, as an orderly stop does. */
    @Override
    public void close() {
        runtime.close();
        database.close();
    }
}
