package dev.countersign.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.crash.Tap;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.graph.Ports;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the store again and again, counted in rows that H2 goes through for it. */
final class ParkedLooksTest {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int PARKED = 2_500;
    /** The most that one look takes at a time, and a few. */
    private static final int ROWS_MAX = 1_100;

    private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

    @TempDir
    Path folder;

    private final Heard heard = new Heard();

    /** The questions, each with the values it was asked with last. */
    private static final class Heard implements Tap.Ear {
        private final Map<String, Map<Integer, Object>> questions = new LinkedHashMap<>();
        private boolean listens;

        @Override
        public void before(Tap.Call call) {
            if (listens && call instanceof Tap.Said said && said.begins("SELECT")) {
                questions.put(said.sql(), said.values());
            }
        }

        @Override
        public void after(Tap.Call call) {
            // What was asked counts.
        }
    }

    @Test
    void promise10_whatIsDoneAgainAndAgain_goesThroughFewRows_howeverManyAreParked() throws InterruptedException {
        Clock clock = Clock.systemUTC();
        try (Database database = Stores.open(Stores.h2(folder), real -> Tap.on(real, heard))) {
            var unused = ParkedBench.fill(database, clock, ParkedLooksTest::id, PARKED);
            Ports reading = Ports.over(
                    database, new QuietPermit(clock, ParkedLooksTest::id), clock, ParkedLooksTest::id, LEASE, LEASE);
            var wish = reading.approvals()
                    .byRequest(NumberedRequests.id(0))
                    .orElseThrow()
                    .wish();
            QuietPermit permit =
                    new QuietPermit(clock, ParkedLooksTest::id, new NumberedRequests(PARKED, wish, clock.instant()));
            Ports ports = Ports.over(database, permit, clock, ParkedLooksTest::id, LEASE, LEASE);

            heard.listens = true;
            ports.upkeep().run(thread -> {});
            ports.watcher().check(thread -> {});
            ports.watcher().wakeRequester(NumberedRequests.user(0));
            boolean left = ports.watcher().answer(thread -> {});
            assertThat(ports.leases().due(200)).isEmpty();
            heard.listens = false;

            assertThat(left).isFalse();
            assertThat(heard.questions).hasSizeGreaterThan(8);
            assertThat(heard.questions)
                    .allSatisfy((sql, values) -> assertThat(rows(database, sql, values))
                            .as("rows gone through for %s", sql)
                            .isLessThan(ROWS_MAX));
        }
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static int rows(Database database, String sql, Map<Integer, Object> values) {
        return database.jdbi().withHandle(handle -> {
            Query query = handle.createQuery("EXPLAIN ANALYZE " + sql);
            values.forEach((position, value) -> query.bind(position - 1, value));
            Matcher scanned = SCANNED.matcher(query.mapTo(String.class).one());
            int rows = 0;
            while (scanned.find()) {
                rows += Integer.parseInt(scanned.group(1));
            }
            return rows;
        });
    }
}
