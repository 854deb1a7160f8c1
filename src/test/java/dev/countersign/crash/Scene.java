package dev.countersign.crash;

import static dev.countersign.crash.Node.HENRY;
import static org.awaitility.Awaitility.await;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.Ports;
import dev.countersign.log.ChainCheck;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.Permits;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * What several node processes have in common: a store on PostgreSQL, a Permit, a ledger of effects. It looks into the store by
 * connections of its own and runs no turn.
 */
final class Scene implements AutoCloseable {
    /** A session that holds locks and says nothing is ended by the server; short here, since the tests' lease is. */
    private static final String IMPATIENT = "&options=-c%20idle_in_transaction_session_timeout=2000";

    /** Whatever a turn writes; the times at which somebody looks for lost requests are no part of that. */
    private static final List<String> TABLES = List.of(
            "thread",
            "event",
            "message_log",
            "segment",
            "message",
            "checkpoint",
            "approval",
            "effect",
            "decision_log",
            "decision_log_head",
            "notification");

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PAGE = 100;

    final Errand errand;
    final EmulatorServer emulator;
    private final Permit permit;
    private final Database store;
    private final Ports ports;

    private Scene(Errand errand, EmulatorServer emulator) {
        this.errand = errand;
        this.emulator = emulator;
        this.permit = Permits.connect(errand.permitConfig());
        this.store = Database.open(errand.store());
        this.ports = Ports.over(
                store, permit, Clock.systemUTC(), () -> UUID.randomUUID().toString(), NodeChild.LEASE, Duration.ZERO);
    }

    /** Where nobody is to stop. */
    static Scene open(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(Errand.KEY, Clock.systemUTC()));
        StoreConfig store = Stores.postgres(folder, PostgresServer.shared());
        return new Scene(
                new Errand(
                        folder,
                        store.url() + IMPATIENT,
                        store.user(),
                        store.durability(),
                        emulator.url(),
                        Optional.empty(),
                        0),
                emulator);
    }

    String opening() {
        return "open " + errand.line();
    }

    String openingThatStops(Boundary at, int occurrence) {
        return "open "
                + new Errand(
                                errand.folder(),
                                errand.url(),
                                errand.user(),
                                errand.durability(),
                                errand.permit(),
                                Optional.of(at),
                                occurrence)
                        .line();
    }

    /** Waits for it, and says in the end what it waited for. */
    void until(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(25)).until(condition);
    }

    /** A fresh conversation of henry's. */
    String chat() {
        return ports.threads()
                .create(new ThreadStore.NewThread(
                        UUID.randomUUID().toString(),
                        UUID.randomUUID().toString(),
                        HENRY.user(),
                        "things",
                        ThreadKind.CHAT,
                        "a chat"))
                .id();
    }

    ThreadStatus status(String chat) {
        return ports.threads().get(chat).status();
    }

    /**
     * How many conversations rest as one of these, with nothing to be done and nobody at it. Whoever was killed between its last
     * step and giving the lease back still stands there as the owner, of a lease that is over.
     */
    long resting(String... statuses) {
        return count(
                "SELECT count(*) FROM thread WHERE events_accepted = events_done AND due = FALSE AND lease_until < "
                        + System.currentTimeMillis() + " AND status IN ('" + String.join("', '", statuses) + "')");
    }

    boolean nobodyHoldsALease() {
        return count("SELECT count(*) FROM thread WHERE lease_until >= " + System.currentTimeMillis()) == 0;
    }

    long count(String sql) {
        return store.jdbi()
                .<Long, RuntimeException>withHandle(
                        handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    /** Joe says yes to what the conversation waits for, if it waits for anything that he was not asked before. */
    boolean approve(String chat) {
        for (Approval approval : ports.approvals().openOf(chat)) {
            String request = approval.requestId();
            if (approval.state() == ApprovalState.PENDING
                    && request != null
                    && permit.get(approval.kind(), request, "joe").status() == RequestStatus.PENDING) {
                var unused = permit.approve(approval.kind(), request, "joe", "fine");
                return true;
            }
        }
        return false;
    }

    /** Every request at Permit, as its state. */
    List<RequestStatus> requests() {
        List<RequestStatus> all = new ArrayList<>();
        for (RequestKind kind : RequestKind.values()) {
            List<PermitRequest> page = List.of();
            for (int number = 1; number == 1 || page.size() == PAGE; number++) {
                page = permit.list(kind, "joe", new RequestFilter(null, null, null, number, PAGE))
                        .data();
                page.forEach(request -> all.add(request.status()));
            }
        }
        return all.stream().sorted().toList();
    }

    /** How often the conversation was told that something is approved. */
    long approvalsTold(String chat) {
        ThreadRow row = ports.threads().get(chat);
        List<Message> all = ports.checkpoints().transcript(row).slice(0, row.messages());
        return all.stream()
                .filter(message -> "await_decision".equals(message.tool()))
                .filter(message -> message.text().contains("\"approved\""))
                .count();
    }

    /** Each effect of the journal as {@code STATE TIMES}: how often it took place. */
    List<String> effects() {
        List<String> ledger = errand.effects().lines();
        List<String> rows = store.jdbi()
                .<List<String>, RuntimeException>withHandle(
                        handle -> handle.createQuery("SELECT state || ' ' || id FROM effect")
                                .mapTo(String.class)
                                .list());
        return rows.stream()
                .map(row -> row.split(" ", -1))
                .map(part -> part[0] + " "
                        + ledger.stream()
                                .filter(line -> line.endsWith(" " + part[1]))
                                .count())
                .sorted()
                .toList();
    }

    boolean logIsWhole() {
        return ChainCheck.of(after -> ports.log().page(after, PAGE), null).intact();
    }

    /** Everything that turns have written, a line for each row. */
    List<String> rows() {
        List<String> all = new ArrayList<>();
        for (String table : TABLES) {
            String sql = "SELECT '" + table + " ' || (to_jsonb(t) - 'look_at' - 'looks')::text FROM " + table
                    + " t ORDER BY 1";
            all.addAll(store.jdbi()
                    .<List<String>, RuntimeException>withHandle(handle ->
                            handle.createQuery(sql).mapTo(String.class).list()));
        }
        return all;
    }

    @Override
    public void close() {
        store.close();
        emulator.close();
    }
}
