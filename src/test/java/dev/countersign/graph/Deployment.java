package dev.countersign.graph;

import static org.awaitility.Awaitility.await;

import dev.countersign.account.SettableClock;
import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A store whose server is stopped and started with other agents, one agent for each change. */
final class Deployment implements AutoCloseable {
    static final Principal HENRY = new Principal("henry");
    static final Principal JOE = new Principal("joe");

    final FakePermit permit = new FakePermit();
    final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Path folder;
    private final Duration poll;
    private final Map<Change, ScriptedTools> tools = new EnumMap<>(Change.class);
    private @Nullable Database database;
    private @Nullable Ports ports;
    private @Nullable Agents runtime;

    /** One that looks at Permit by itself, each {@code poll}, for whatever waits. */
    Deployment(Path folder, Duration poll) {
        this.folder = folder;
        this.poll = poll;
    }

    /** A thread that was parked. */
    record Parked(Change change, String id, Principal owner, boolean bound) {
        Fit.Verdict expected() {
            return bound ? change.ofBoundCall(owner.equals(HENRY)) : change.ofRequest();
        }
    }

    Agents runtime() {
        return Objects.requireNonNull(runtime);
    }

    Ports ports() {
        return Objects.requireNonNull(ports);
    }

    void start(boolean changed) {
        database = Stores.open(folder);
        ports = Ports.over(database, permit, clock, () -> UUID.randomUUID().toString(), World.LEASE, poll);
        List<Outfit> outfits = new ArrayList<>();
        for (Change change : Change.values()) {
            ScriptedTools offered = new ScriptedTools(permit);
            if (changed) {
                change.apply(offered);
            }
            tools.put(change, offered);
            if (!changed || change != Change.AGENT_GONE) {
                AgentDefinition agent = changed ? change.after() : change.before();
                outfits.add(new Outfit(agent, ScriptedModel.obedient(), offered));
            }
        }
        runtime = Agents.start(ports, outfits, new Pace(Duration.ofMillis(50), World.LEASE, 4), pause -> {});
    }

    void stop() {
        runtime().close();
        Objects.requireNonNull(database).close();
    }

    /** Rewrites rows as another version would have written them. */
    void rewrite(String node, int formatsLater) {
        Objects.requireNonNull(database).useTransaction(tx -> {
            tx.createUpdate("UPDATE thread SET head_next = :node WHERE agent = :agent AND head_next <> '__END__'")
                    .bind("node", node)
                    .bind("agent", Change.NODE_RENAMED.agent())
                    .execute();
            tx.createUpdate("UPDATE checkpoint SET format = format + :later WHERE thread_id IN"
                            + " (SELECT id FROM thread WHERE agent = :agent)")
                    .bind("later", formatsLater)
                    .bind("agent", Change.FORMAT.agent())
                    .execute();
        });
    }

    /** Parks a thread in one of four ways. */
    Parked park(Change change, int way) {
        Principal owner = way == 1 ? JOE : HENRY;
        String id =
                runtime().open(owner, change.agent(), ThreadKind.CHAT, "a chat").id();
        // Two approvals on one instance are one grant at Permit, so each thread has its own.
        permit.instance(id, "the place of " + id, false);
        synchronized (permit) {
            permit.grant("jane", "_Reviewer_", id);
        }
        Parked parked = new Parked(change, id, owner, way != 2);
        if (parked.bound()) {
            drop(parked);
        }
        if (way >= 2) {
            say(
                    owner,
                    id,
                    "call create_access_request {\"resource_instance\":\"4\",\"role\":\"child-can-view\",\"reason\":\""
                            + id + "\"}");
        }
        return parked;
    }

    /** Has the gated tool called, and waits until its approval is asked for. */
    void drop(Parked parked) {
        say(parked.owner(), parked.id(), "call drop_thing {\"name\":\"" + parked.id() + "\"}");
    }

    private void say(Principal owner, String id, String text) {
        int before = approvals(id).size();
        runtime().send(owner, id, text);
        until(() -> runtime().thread(owner, id).status() == ThreadStatus.PARKED
                && approvals(id).size() > before
                && approvals(id).get(before).requestId() != null);
    }

    List<Approval> approvals(String thread) {
        return ports().approvals().ofThread(thread);
    }

    /** Has everything approved that a thread waits for, one after the other; gives back as what it stands then. */
    ThreadStatus approveAll(Parked parked) {
        for (Approval approval : approvals(parked.id())) {
            if (!approval.state().isOpen()) {
                continue;
            }
            String request = Objects.requireNonNull(approval.requestId());
            permit.approve(approval.kind(), request, "jane", "yes");
            runtime().wake(request);
            until(() -> isThrough(parked, approval.id()));
        }
        return runtime().thread(parked.owner(), parked.id()).status();
    }

    /** The approval is looked at first: the thread may have been read while it was parked, and the approval when it ran. */
    private boolean isThrough(Parked parked, String approval) {
        ApprovalState state = ports().approvals().find(approval).orElseThrow().state();
        ThreadStatus status = runtime().thread(parked.owner(), parked.id()).status();
        return status == ThreadStatus.PARKED
                ? state == ApprovalState.SPENT
                : !state.isOpen() && status != ThreadStatus.RUNNING;
    }

    /** Whether Permit has an approval of the thread's own instance that is not used up. */
    boolean isGranted(Parked parked) {
        return permit.roles(parked.owner().user()).stream()
                .anyMatch(
                        one -> one.role().equals("_Approved_") && one.toString().contains(parked.id()));
    }

    long drops(Change change) {
        return Objects.requireNonNull(tools.get(change)).count("drop_thing");
    }

    static void until(java.util.concurrent.Callable<Boolean> what) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(4))
                .until(what);
    }

    @Override
    public void close() {
        stop();
    }
}
