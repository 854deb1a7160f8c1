package dev.countersign.graph;

import dev.countersign.approval.ApprovalRemoval;
import dev.countersign.checkpoint.TranscriptRemoval;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.Erased;
import dev.countersign.graph.AgentRuntime.ForkFate;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.thread.StaleThreads;
import dev.countersign.thread.ThreadRemoval;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes conversations for good: rows and the keys of their texts, in one transaction with a row of the decision log, which keeps
 * ids and digests and still verifies.
 */
final class Erasure {
    private static final ErrorCode NOT_AT_REST = new ErrorCode("CS-618", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode HAS_FORKS = new ErrorCode("CS-619", ErrorCode.Kind.CONFLICT);

    private final Ports ports;
    private final ThreadRemoval rows;
    private final TranscriptRemoval transcripts;
    private final ApprovalRemoval approvals = new ApprovalRemoval();

    Erasure(Ports ports) {
        this.ports = ports;
        this.rows = new ThreadRemoval(ports.clock());
        this.transcripts = new TranscriptRemoval(ports.keys());
    }

    /** What is counted on the way. */
    private static final class Tally {
        private final Set<String> threads = new LinkedHashSet<>();
        private final Set<String> kept = new TreeSet<>();
        private final Set<String> destroyed = new TreeSet<>();
        private final List<String> requests = new ArrayList<>();
        private int messages;
        private int steps;
        private int events;
        private int approvals;
        private int effects;
        private int notifications;

        /** In the order of the locks: the thread is held, and its row goes last. */
        private void add(
                String threadId,
                ApprovalRemoval.Removed asked,
                TranscriptRemoval.Removed said,
                int effectsRemoved,
                int eventsRemoved) {
            threads.add(threadId);
            effects += effectsRemoved;
            events += eventsRemoved;
            approvals += asked.approvals();
            notifications += asked.notifications();
            requests.addAll(asked.requests());
            steps += said.steps();
            messages += said.messages();
            destroyed.addAll(said.destroyed());
        }

        /** What is to become of those that share messages: noted, or due as well. */
        private void forks(ForkFate fate, List<String> sharers, Deque<String> due) {
            if (!sharers.isEmpty() && fate == ForkFate.REFUSE) {
                throw new CountersignException(
                        HAS_FORKS,
                        "other conversations were forked from this one and begin with its messages: "
                                + String.join(", ", sharers)
                                + ". Say whether they are to be kept, with what they share,"
                                + " or erased as well");
            }
            if (fate == ForkFate.KEEP) {
                kept.addAll(sharers);
            } else {
                sharers.stream().filter(sharer -> !due.contains(sharer)).forEach(due::add);
            }
        }
    }

    Erased erase(Principal owner, String threadId, ForkFate forks) {
        Tally tally = ports.database().inTransaction(tx -> {
            Tally counted = new Tally();
            Deque<String> due = new ArrayDeque<>(List.of(threadId));
            while (!due.isEmpty()) {
                String next = due.pop();
                String log = rows.hold(tx, owner.user(), next).orElseThrow(() -> notAtRest(next));
                if (approvals.unsettled(tx, next)) {
                    throw notAtRest(next);
                }
                List<String> sharers = transcripts.sharers(tx, next, log);
                counted.forks(forks, sharers, due);
                counted.add(
                        next,
                        approvals.remove(tx, next),
                        transcripts.remove(tx, next),
                        ports.effects().remove(tx, next),
                        rows.remove(tx, next));
            }
            // The head of the log is the last lock of every transaction.
            for (String erased : counted.threads) {
                LogEntry.Place place = new LogEntry.Place(erased, erased, owner.user());
                ports.log().append(tx, LogEntry.of(LogKind.ERASED, place, Map.of("forks", forks.name())));
            }
            return counted;
        });
        forget(tally);
        ports.database().barrier();
        ports.database().fold();
        return receipt(tally);
    }

    /**
     * Erases one that rests, by the rule of its agent; its forks are kept.
     *
     * @return false when it is to stay: something has happened in it, or is not settled
     */
    boolean retire(StaleThreads.Found found, Retention rule) {
        Tally tally = ports.database().inTransaction(tx -> {
            Tally counted = new Tally();
            String id = found.id();
            if (rows.hold(tx, found).isPresent()
                    && !approvals.unsettled(tx, id)
                    && !ports.effects().unsettled(tx, id)) {
                counted.add(
                        id,
                        approvals.remove(tx, id),
                        transcripts.remove(tx, id),
                        ports.effects().remove(tx, id),
                        rows.remove(tx, id));
                LogEntry.Place place = new LogEntry.Place(id, id, null);
                Map<String, String> why = Map.of("forks", ForkFate.KEEP.name(), "retention", rule.words());
                ports.log().append(tx, LogEntry.of(LogKind.ERASED, place, why));
            }
            return counted;
        });
        forget(tally);
        return !tally.threads.isEmpty();
    }

    /** What is held in memory of them. */
    private void forget(Tally tally) {
        tally.destroyed.forEach(ports.keys()::forget);
        tally.threads.forEach(ports.checkpoints()::forget);
    }

    private static CountersignException notAtRest(String threadId) {
        return new CountersignException(
                NOT_AT_REST,
                "expected a conversation that rests and waits for nothing, but " + threadId
                        + " runs, waits for a decision, or has one that is being withdrawn. Cancel it ('countersign jobs"
                        + " cancel', or withdraw its requests), and try again when it rests; nothing was erased");
    }

    private Erased receipt(Tally tally) {
        Instant at = ports.clock().instant();
        return new Erased(
                List.copyOf(tally.threads),
                new Erased.Counts(
                        tally.messages, tally.steps, tally.events, tally.approvals, tally.effects, tally.notifications),
                List.copyOf(tally.kept),
                tally.requests,
                remains(tally),
                at);
    }

    /** What nobody here can take back. */
    private static List<String> remains(Tally tally) {
        List<String> remains = new ArrayList<>();
        remains.add("the decision log: ids, names, states and digests of what was asked for and done, and no text");
        if (!tally.kept.isEmpty()) {
            remains.add("the forks that were kept: the messages they begin with, under the same key");
        }
        if (!tally.requests.isEmpty()) {
            remains.add("Permit: its requests, with reasons, arguments and comments");
        }
        if (tally.notifications > 0) {
            remains.add("mail, chat tools and webhook receivers: what they were sent, and the receivers' copies");
        }
        if (tally.effects > 0) {
            remains.add("the tools' servers: what was done there, and their own records of it");
        }
        remains.add("the model's provider: what it keeps of requests by its own terms");
        remains.add(
                "the store's files: the sealed key of its texts, in space that is free until something else is written there,"
                        + " and in PostgreSQL's own log; it opens only with the master key");
        remains.add("backups that were made before, and logs outside of the store");
        return remains;
    }
}
