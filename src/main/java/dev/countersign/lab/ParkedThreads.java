package dev.countersign.lab;

import dev.countersign.core.Digest;
import dev.countersign.core.Principal;
import dev.countersign.db.RowPress;
import dev.countersign.db.Stencil;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/**
 * Fills a store with parked threads, a hundred of each user. One is really run until it parks; its rows are then written for the
 * others, a few hundred threads in a transaction, by {@link RowPress}: ids, requester, keys, sealed texts and times are each
 * thread's own, everything else is that of the one that ran.
 * Ids ascend, where those of threads that ran end at random: each row of an index would otherwise be written to another page of it.
 */
final class ParkedThreads {
    private static final int TOGETHER = 250;
    private static final int ROWS_MAX = 100;
    private static final String WORDS = "please drop the thing";

    private final Ports ports;
    private final QuietPermit permit;

    /**
     * Threads for this store.
     *
     * @param ports with that Permit, which gives the first request the id of {@link NumberedRequests} number 0
     */
    ParkedThreads(Ports ports, QuietPermit permit) {
        this.ports = ports;
        this.permit = permit;
    }

    /** Parks that many threads. */
    void park(int count) throws InterruptedException {
        ThreadRow first = run(new Principal(NumberedRequests.user(0)));
        RowPress press = new RowPress(
                ports.database(),
                ThreadNames.rows(first),
                ports.keys().of(first.logId()),
                ThreadNames.of(ports, first),
                ThreadNames.LOG);
        List<Logged> logged = logged(first, press);
        for (int done = 1; done < count; done += TOGETHER) {
            List<List<String>> copies = new ArrayList<>();
            for (int number = done; number < Math.min(count, done + TOGETHER); number++) {
                copies.add(names(number));
            }
            long later = ports.clock().millis() - first.createdAt().toEpochMilli();
            List<LogEntry> entries = copies.stream()
                    .flatMap(names -> logged.stream().map(row -> row.with(names)))
                    .toList();
            ports.database().useTransaction(tx -> {
                press.print(tx, copies, later);
                ports.log().appendAll(tx, entries);
            });
        }
        ports.database().barrier();
        press.analyze();
    }

    /** A row of the decision log to be written again. */
    private record Logged(LogKind kind, Stencil subject, Stencil actor, Stencil detail) {
        LogEntry with(List<String> names) {
            String who = actor.with(names);
            return new LogEntry(
                    kind, names.get(0), subject.with(names), who.isEmpty() ? null : who, detail.with(names));
        }
    }

    private List<Logged> logged(ThreadRow first, RowPress press) {
        return ports.log().page(0, ROWS_MAX).rows().stream()
                .filter(row -> row.threadId().equals(first.id()))
                .map(row -> new Logged(
                        LogKind.valueOf(row.kind()),
                        press.stencil(row.subject()),
                        press.stencil(Objects.requireNonNullElse(row.actor(), "")),
                        press.stencil(row.detail())))
                .toList();
    }

    /** In the order of {@link ThreadNames}; the last is the filing's key, a digest. */
    private static List<String> names(int number) {
        return List.of(
                ascending(number, 0),
                NumberedRequests.user(number),
                ascending(number, 1),
                NumberedRequests.reference(number),
                NumberedRequests.id(number),
                Digest.of(ascending(number, 2)).replaceFirst("^.{8}", String.format(Locale.ROOT, "%08x", number)));
    }

    /** An id that stands after all of the threads before: what is written together then lies together, as any load would have it. */
    private static String ascending(int number, int which) {
        return String.format(Locale.ROOT, "%018d%d", number, which);
    }

    /** Runs one until it parks. */
    ThreadRow run(Principal user) throws InterruptedException {
        Pace pace = new Pace(Duration.ofHours(1), Duration.ofSeconds(30), 2);
        try (AgentRuntime runtime =
                Agents.start(ports, List.of(Gated.outfit(permit, unused -> {})), pace, pause -> {})) {
            String id = runtime.open(user, Gated.NAME, ThreadKind.CHAT, "bench").id();
            CountDownLatch ended = new CountDownLatch(1);
            AgentRuntime.Subscription news = runtime.listen(user, id, live -> {
                if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
                    ended.countDown();
                }
            });
            runtime.send(user, id, WORDS);
            ended.await();
            news.close();
            return ports.threads().get(id);
        }
    }
}
