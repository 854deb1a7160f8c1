package dev.countersign.crash;

import dev.countersign.config.StoreConfig;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Limits;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.permit.Permit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolPolicy;
import dev.langchain4j.model.chat.ChatModel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One runtime over a store, with an agent called {@code things} that owns the {@link OutsideTools}. */
final class Node implements AutoCloseable {
    static final Principal HENRY = new Principal("henry");
    /** Turns that run at the same time. */
    static final int WORKERS = 3;

    private static final Duration POLL = Duration.ofMillis(25);

    final Database database;
    final Ports ports;
    final Agents runtime;

    /** What a node needs of the world around it. */
    record Surroundings(Permit permit, ToolClient tools, Clock clock, Duration lease) {}

    Node(Database database, Surroundings around) {
        this(database, around, new Obedient());
    }

    Node(Database database, Surroundings around, ChatModel model) {
        this.database = database;
        this.ports = Ports.over(
                database,
                around.permit(),
                around.clock(),
                () -> UUID.randomUUID().toString(),
                around.lease(),
                Duration.ZERO);
        this.runtime = Agents.start(
                ports,
                List.of(new Outfit(agent(), model, around.tools())),
                new Pace(POLL, around.lease(), WORKERS),
                pause -> {});
    }

    /** Opens a store whose calls an ear hears; every test of this package says itself on what. */
    static Database store(StoreConfig config, Tap.Ear ear) {
        return Stores.open(config, source -> Tap.on(source, ear));
    }

    static AgentDefinition agent() {
        Duration day = Duration.ofDays(1);
        ToolPolicy policy = new ToolPolicy(
                Map.of(
                        "child-can-view",
                        Set.of(
                                "list_things",
                                "do_thing",
                                "repeat_thing",
                                "drop_thing",
                                "create_access_request",
                                "create_operation_approval")),
                List.of(
                        new RequestRule("create_access_request", RequestKind.ACCESS, day),
                        new RequestRule("create_operation_approval", RequestKind.OPERATION, day)),
                List.of(new ApprovalRule(
                        "drop_thing", "create_operation_approval", "3", "drop_thing: {name}", "Drop {name}", day)));
        return new AgentDefinition(
                "things", "Things", "You help {user}.", Optional.empty(), List.of(), policy, Limits.DEFAULTS, "print");
    }

    boolean rests(String thread) {
        ThreadRow row = ports.threads().get(thread);
        return row.eventsAccepted() == row.eventsDone() && row.status() != ThreadStatus.RUNNING;
    }

    List<Entry> transcript(String thread) {
        return runtime.transcript(HENRY, thread, 0, 10_000);
    }

    /** Stops in order; the store too. */
    @Override
    public void close() {
        runtime.close();
        database.close();
    }
}
