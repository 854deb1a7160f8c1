package dev.countersign.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stencil;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.LogVerdict;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.Transcript;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread that was written in bulk is like one that really parked. */
@Tag("store")
final class ParkedThreadsTest {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int LOADED = 3;
    private static final int REAL = 7;
    private static final long EARLIEST = 1_500_000_000_000L;
    private static final Pattern TIME = Pattern.compile("(?<=activeMillis=)\\d+|\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");

    @TempDir
    Path folder;

    private Database database;
    private Ports ports;
    private QuietPermit permit;
    private ThreadRow real;

    @BeforeEach
    void loadAndPark() throws InterruptedException {
        Clock clock = Clock.systemUTC();
        database = Stores.open(folder);
        var unused = ParkedBench.fill(database, clock, ParkedThreadsTest::id, LOADED);
        Ports reading = Ports.over(
                database, new QuietPermit(clock, ParkedThreadsTest::id), clock, ParkedThreadsTest::id, LEASE, LEASE);
        Approval first = reading.approvals().byRequest(NumberedRequests.id(0)).orElseThrow();
        permit = new QuietPermit(
                clock, () -> NumberedRequests.id(REAL), new NumberedRequests(LOADED, first.wish(), clock.instant()));
        ports = Ports.over(database, permit, clock, ParkedThreadsTest::id, LEASE, Duration.ofSeconds(1));
        real = new ParkedThreads(ports, permit).run(new Principal("somebody"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private ThreadRow loaded(int number) {
        return ports.threads()
                .get(ports.approvals()
                        .byRequest(NumberedRequests.id(number))
                        .orElseThrow()
                        .threadId());
    }

    @Test
    void theRowsOfAThreadThatWasLoaded_areThoseOfOneThatParked_apartFromIdsTimesAndCiphertext() {
        Map<String, List<String>> parked = rows(real);

        assertThat(parked)
                .containsKeys(
                        "thread",
                        "message_log",
                        "event",
                        "message",
                        "checkpoint",
                        "approval",
                        "notification",
                        "decision_log");
        for (int number = 1; number < LOADED; number++) {
            assertThat(rows(loaded(number))).isEqualTo(parked);
        }
    }

    /** Every row of every table that names the thread, its log or one of its approvals, without what must differ. */
    private Map<String, List<String>> rows(ThreadRow thread) {
        Set<String> names = new HashSet<>(Set.of(thread.id()));
        ports.approvals().ofThread(thread.id()).forEach(approval -> names.add(approval.id()));
        Map<String, List<String>> rows = new TreeMap<>();
        database.jdbi().useHandle(handle -> {
            List<String> tables = handle.createQuery(
                            "SELECT LOWER(table_name) FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA"
                                    + " AND table_type = 'BASE TABLE'")
                    .mapTo(String.class)
                    .list();
            for (String table : tables) {
                if (table.startsWith("flyway") || table.equals("scheduled_tasks")) {
                    continue;
                }
                List<String> found = handle.createQuery("SELECT * FROM " + table).mapToMap().stream()
                        .filter(row -> row.values().stream().anyMatch(names::contains))
                        .map(row -> told(row, thread))
                        .sorted()
                        .toList();
                if (!found.isEmpty()) {
                    rows.put(table, found);
                }
            }
        });
        return rows;
    }

    private String told(Map<String, @Nullable Object> row, ThreadRow thread) {
        Map<String, Object> told = new TreeMap<>();
        // Bytes as a rule are sealed, or a copy's own; the digest of what was asked for is the same in all.
        row.forEach((name, value) -> told.put(
                name,
                name.equals("argument_digest") && value instanceof byte[] digest
                        ? Digest.ofBytes(digest)
                        : told(value, thread)));
        // Where the chain stands is no matter of the thread.
        if (told.remove("hash") != null) {
            told.remove("seq");
        }
        return told.toString();
    }

    private Object told(@Nullable Object value, ThreadRow thread) {
        if (value instanceof byte[]) {
            return "sealed";
        }
        if (value instanceof Long at && at > EARLIEST) {
            return "a time";
        }
        return value instanceof String text ? named(text, thread) : String.valueOf(value);
    }

    /** The text with a word for each of the thread's own names. */
    private String named(String text, ThreadRow thread) {
        Map<String, Integer> names = new LinkedHashMap<>();
        ThreadNames.of(ports, thread).forEach(name -> names.put(name, names.size()));
        List<String> words =
                names.values().stream().map(number -> "name " + number).toList();
        return new Stencil(text, names).with(words);
    }

    @Test
    void theTextsOfAThreadThatWasLoaded_openAtTheirNewPlaces_andAreThoseOfOneThatParked() {
        List<String> parked = texts(real);

        assertThat(parked).hasSizeGreaterThan(8);
        for (int number = 1; number < LOADED; number++) {
            assertThat(texts(loaded(number))).isEqualTo(parked);
        }
    }

    private List<String> texts(ThreadRow thread) {
        List<String> texts = new ArrayList<>(List.of(thread.title()));
        texts.add(ports.threads().event(thread, 1).orElseThrow().body());
        Transcript transcript = ports.checkpoints().transcript(thread);
        transcript.slice(0, transcript.size()).forEach(message -> texts.add(Json.write(message)));
        for (CheckpointStore.Stored step : ports.checkpoints().page(thread.id(), Long.MAX_VALUE, 100)) {
            Map<String, Object> keys = new TreeMap<>(step.state());
            keys.remove(CheckpointStore.MESSAGES);
            texts.add(step.seq() + " " + step.node() + " " + step.nextNode() + " " + keys);
        }
        ports.approvals().ofThread(thread.id()).forEach(approval -> texts.add(Json.write(approval.wish())));
        return texts.stream()
                .map(text -> TIME.matcher(named(text, thread)).replaceAll("a time"))
                .toList();
    }

    @Test
    void theDecisionLogStillVerifies_withWhatWasLoaded() {
        assertThat(ChainCheck.of(after -> ports.log().page(after, 100), null)).isInstanceOf(LogVerdict.Intact.class);
    }

    @Test
    void aThreadThatWasLoaded_goesOnByItsDecision_andNoOtherDoes() throws InterruptedException {
        LinkedBlockingQueue<String> dispatched = new LinkedBlockingQueue<>();
        Pace pace = new Pace(Duration.ofHours(1), LEASE, 2);
        try (AgentRuntime runtime =
                Agents.start(ports, List.of(Gated.outfit(permit, dispatched::add)), pace, pause -> {})) {
            String thread = loaded(2).id();
            permit.approve(RequestKind.OPERATION, NumberedRequests.id(2), QuietPermit.REVIEWER, null);
            runtime.wakeFor(NumberedRequests.user(2));

            assertThat(dispatched.poll(20, TimeUnit.SECONDS)).isEqualTo(NumberedRequests.user(2));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> ports.threads().get(thread).status() == ThreadStatus.IDLE);
            assertThat(ports.approvals().ofThread(thread))
                    .extracting(Approval::state)
                    .containsExactly(ApprovalState.SPENT);
            assertThat(ports.threads().get(loaded(1).id()).status()).isEqualTo(ThreadStatus.PARKED);
            assertThat(dispatched).isEmpty();
        }
    }
}
