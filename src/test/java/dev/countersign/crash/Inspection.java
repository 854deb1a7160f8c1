package dev.countersign.crash;

import static dev.countersign.crash.Node.HENRY;

import dev.countersign.approval.Approval;
import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.graph.Ports;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.LogKind;
import dev.countersign.log.LogVerdict;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.Permits;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** What must hold of a story that came to its end, wherever it was broken: each broken rule is a line. */
final class Inspection {
    private static final Set<String> TABLES = Set.of(
            "thread",
            "event",
            "segment",
            "message",
            "message_log",
            "checkpoint",
            "approval",
            "effect",
            "account",
            "decision_log",
            "decision_log_head",
            "scheduled_tasks");

    /** How many effects may have an outcome that nobody knows. */
    enum Doubt {
        NONE,
        ONE,
        AT_MOST_ONE
    }

    private final Errand errand;
    private final Doubt doubt;
    private final List<String> complaints = new ArrayList<>();

    Inspection(Errand errand, Doubt doubt) {
        this.errand = errand;
        this.doubt = doubt;
    }

    List<String> complaints() {
        try {
            try (Database first = Database.open(store())) {
                look(first, Permits.connect(errand.permitConfig()));
                tables(first);
            }
            try (Database second = Database.open(store())) {
                tables(second);
            }
        } catch (RuntimeException e) {
            complaints.add("the store could not be looked at: " + e);
        }
        return complaints;
    }

    /** What the disk has, as a process sees it that comes after the power cut. */
    private StoreConfig store() {
        return new StoreConfig(
                errand.url().replace("jdbc:h2:cut:", "jdbc:h2:file:"),
                errand.user(),
                new Secret(""),
                errand.folder(),
                errand.store().masterKey(),
                errand.durability());
    }

    private void expect(String what, Object expected, Object got) {
        if (!expected.equals(got)) {
            complaints.add(what + ": expected " + expected + ", got " + got);
        }
    }

    private void tables(Database database) {
        List<String> seen = FreshRows.into(database).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
        Set<String> missing = new TreeSet<>(TABLES);
        missing.removeAll(seen);
        expect("tables that were not found", Set.of(), missing);
    }

    private void look(Database database, Permit permit) {
        Ports ports = Ports.over(
                database,
                permit,
                Clock.systemUTC(),
                () -> UUID.randomUUID().toString(),
                Duration.ofSeconds(30),
                Duration.ZERO);
        List<ThreadRow> threads = ports.threads().ownedBy(HENRY.user(), null, 100);
        expect("threads", 1, threads.size());
        ThreadRow thread = threads.get(0);
        List<Message> transcript = ports.checkpoints().transcript(thread).slice(0, thread.messages());
        transcript(transcript);
        approvals(ports.approvals().ofThread(thread.id()), transcript, permit);
        Set<String> unknown = effects(database, transcript);
        log(database, ports, unknown.size());
        expect(
                "the thread's status",
                unknown.isEmpty() ? ThreadStatus.IDLE : ThreadStatus.NEEDS_ATTENTION,
                thread.status());
        expect("events done", thread.eventsAccepted(), thread.eventsDone());
        expect("event rows", thread.eventsAccepted(), count(database, "SELECT count(*) FROM event"));
        expect("checkpoint rows", thread.head(), count(database, "SELECT count(*) FROM checkpoint"));
        expect("message rows", (long) thread.messages(), count(database, "SELECT count(*) FROM message"));
    }

    /** The log is one whole chain, and tells each thing once; what may be sent again is logged each time it is. */
    private void log(Database database, Ports ports, long unknown) {
        LogVerdict verdict = ChainCheck.of(after -> ports.log().page(after, 100), null);
        if (!verdict.intact()) {
            complaints.add("the decision log's chain is broken: " + verdict);
        }
        Map<LogKind, Long> expected = new EnumMap<>(Map.of(
                LogKind.REQUEST_BEGUN, 4L,
                LogKind.REQUEST_FILED, 4L,
                LogKind.CALL_REFUSED, 1L,
                LogKind.APPROVED, 2L,
                LogKind.DENIED, 1L,
                LogKind.WITHDRAWN, 1L,
                LogKind.SPENT, 2L,
                LogKind.EFFECT_SUCCEEDED, 3 - unknown,
                LogKind.EFFECT_UNKNOWN, unknown));
        expected.forEach((kind, times) -> expect(
                "log rows of kind " + kind,
                times,
                count(database, "SELECT count(*) FROM decision_log WHERE kind = '" + kind + "'")));
    }

    private static long count(Database database, String sql) {
        return database.jdbi()
                .<Long, RuntimeException>withHandle(
                        handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private void transcript(List<Message> transcript) {
        List<String> said = transcript.stream()
                .filter(message -> message.role() == Message.Role.USER)
                .map(Message::text)
                .toList();
        expect("what the user said", Story.SAID, said);
        List<String> asked = new ArrayList<>();
        List<String> answered = new ArrayList<>();
        for (Message message : transcript) {
            message.calls().forEach(call -> asked.add(call.id()));
            if (message.callId() != null) {
                answered.add(message.callId());
            }
        }
        expect("different call ids", asked.size(), new HashSet<>(asked).size());
        expect(
                "a result for each call",
                asked.stream().sorted().toList(),
                answered.stream().sorted().toList());
    }

    private void approvals(List<Approval> approvals, List<Message> transcript, Permit permit) {
        expect(
                "approvals",
                Story.ENDS,
                approvals.stream()
                        .map(one -> one.state().name().toLowerCase(Locale.ROOT))
                        .toList());
        Set<String> ours =
                approvals.stream().map(one -> String.valueOf(one.requestId())).collect(Collectors.toSet());
        Set<String> theirs = new HashSet<>();
        int filed = 0;
        for (RequestKind kind : RequestKind.values()) {
            for (PermitRequest request : permit.list(kind, "joe", new RequestFilter(null, null, null, 1, 100))
                    .data()) {
                theirs.add(request.id());
                filed++;
            }
        }
        expect("requests at Permit", Story.ENDS.size(), filed);
        expect("requests", theirs, ours);
        for (Approval one : approvals) {
            long told = transcript.stream()
                    .filter(message -> "await_decision".equals(message.tool()))
                    .filter(message -> message.text().contains(String.valueOf(one.requestId())))
                    .filter(message -> !message.text().contains("\"pending\""))
                    .count();
            expect("decisions told of approval " + one.wish().arguments(), 1L, told);
        }
    }

    /** Looks at journal, ledger and transcript, which must tell the same; answers what is unknown. */
    private Set<String> effects(Database database, List<Message> transcript) {
        List<String> ledger = errand.effects().lines();
        List<String> rows = database.jdbi()
                .<List<String>, RuntimeException>withHandle(
                        handle -> handle.createQuery("SELECT tool || ' ' || state || ' ' || id FROM effect")
                                .mapTo(String.class)
                                .list());
        Set<String> unknown = new TreeSet<>();
        for (String row : rows) {
            String[] part = row.split(" ", -1);
            long times = ledger.stream().filter(line -> line.endsWith(part[2])).count();
            boolean isUnknown = part[1].equals("UNKNOWN");
            if (isUnknown) {
                unknown.add(part[0]);
            }
            boolean fits = isUnknown
                    ? times <= 1 && !part[0].equals("repeat_thing")
                    : part[1].equals("SUCCEEDED") && times == 1;
            if (!fits) {
                complaints.add("effect " + row + ": happened " + times + " times");
            }
        }
        expect("effects in the journal", 3, rows.size());
        expect("effects that the journal does not know", List.of(), strangers(ledger, rows));
        long told = transcript.stream()
                .filter(message -> message.text().contains("outcome_unknown") && message.callId() != null)
                .count();
        expect("unknown outcomes told", (long) unknown.size(), told);
        boolean asExpected = switch (doubt) {
            case NONE -> unknown.isEmpty();
            case ONE -> unknown.size() == 1;
            case AT_MOST_ONE -> unknown.size() <= 1;
        };
        if (!asExpected) {
            complaints.add("effects in doubt: expected " + doubt + ", got " + unknown);
        }
        return unknown;
    }

    private static List<String> strangers(List<String> ledger, List<String> rows) {
        return ledger.stream()
                .filter(line -> rows.stream().noneMatch(row -> row.endsWith(line.substring(line.lastIndexOf(' ')))))
                .toList();
    }
}
