package dev.countersign.approval;

import dev.countersign.account.SettableClock;
import dev.countersign.core.Digest;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.log.DecisionLog;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A watcher over a real store and a Permit in memory, with as many pending approvals as a test wants. */
final class Registry implements AutoCloseable {
    static final Duration POLL = Duration.ofSeconds(2);

    /** Something that may go wrong before a call of Permit is made. */
    interface Fault {
        void before(String method, List<Object> arguments);
    }

    final FakePermit fake = new FakePermit();
    final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));
    /** Of every wish here. */
    static final String DIGEST = Digest.of("a wish");

    final Database database;
    final ThreadStore threads;
    final ApprovalStore approvals;
    final Watcher watcher;
    final List<String> moved = new ArrayList<>();
    private final Map<String, ThreadRow> threadOf = new HashMap<>();

    @Nullable
    Fault fault;

    Registry(Path folder, Watcher.Pace pace) {
        database = Stores.open(folder);
        LogKeys keys = new LogKeys(database);
        threads = new ThreadStore(database, keys, clock);
        approvals = new ApprovalStore(database, keys, clock, new DecisionLog(database, clock));
        watcher = new Watcher(watched(), database, new Watcher.Stores(approvals, threads), clock, pace);
    }

    /** The upkeep of the same store. */
    Upkeep upkeep() {
        return Upkeep.over(database, watched(), approvals, watcher, clock);
    }

    private Permit watched() {
        return (Permit) Proxy.newProxyInstance(
                Permit.class.getClassLoader(), new Class<?>[] {Permit.class}, (proxy, method, arguments) -> {
                    if (fault != null) {
                        fault.before(method.getName(), List.of(arguments));
                    }
                    try {
                        return method.invoke(fake, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                });
    }

    /** Files that many access requests of the user, all in one thread of theirs; returns Permit's ids. */
    List<String> pending(String user, int count) {
        return pending(RequestKind.ACCESS, user, count);
    }

    /** The same for requests of that kind. */
    List<String> pending(RequestKind kind, String user, int count) {
        ThreadRow thread = threadOf.computeIfAbsent(
                user,
                owner -> threads.create(
                        new ThreadStore.NewThread(id(), id(), owner, "things", ThreadKind.CHAT, "a chat")));
        List<String> ids = new ArrayList<>();
        database.useTransaction(tx -> {
            for (int i = 0; i < count; i++) {
                String reference = id().substring(0, 16);
                Approval filing = approvals.begin(
                        tx,
                        new ApprovalStore.Filing(
                                id(), Digest.of(id()), reference, thread, DIGEST, wish(kind, reference)));
                PermitRequest filed = fake.file(
                        new RequestDraft(kind, user, "3", role(kind), operation(kind, reference), "reason", reference));
                approvals.move(tx, filing, Lifecycle.Move.FILED, new ApprovalStore.Facts(filed.id(), null, null, null));
                ids.add(filed.id());
            }
        });
        fake.calls.clear();
        return ids;
    }

    private static @Nullable String role(RequestKind kind) {
        return kind == RequestKind.ACCESS ? "child-can-view" : null;
    }

    private static @Nullable String operation(RequestKind kind, String reference) {
        return kind == RequestKind.ACCESS ? null : "drop_thing: " + reference;
    }

    private static Wish wish(RequestKind kind, String reference) {
        return new Wish(
                kind,
                kind == RequestKind.ACCESS ? "create_access_request" : "create_operation_approval",
                "{}",
                null,
                "3",
                role(kind),
                operation(kind, reference),
                reference,
                Duration.ofDays(7),
                null,
                null);
    }

    static String id() {
        return UUID.randomUUID().toString();
    }

    String threadOf(String user) {
        return Objects.requireNonNull(threadOf.get(user)).id();
    }

    void approve(String requestId) {
        approve(RequestKind.ACCESS, requestId);
    }

    void approve(RequestKind kind, String requestId) {
        fake.approve(kind, requestId, "joe", "enjoy");
    }

    ApprovalState state(String requestId) {
        return approvals.byRequest(requestId).orElseThrow().state();
    }

    /** Events that the user's thread has accepted. */
    long events(String user) {
        return threads.get(threadOf(user)).eventsAccepted();
    }

    void check() {
        watcher.check(moved::add);
    }

    boolean answer() {
        return watcher.answerAll(moved::add);
    }

    long calls(String method) {
        return fake.count(method);
    }

    @Override
    public void close() {
        database.close();
    }
}
