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
import dev.countersign.thread.ThreadRemoval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

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
    }

    Erased erase(Principal owner, String threadId, ForkFate forks) {
        Tally tally = ports.database().inTransaction(tx -> {
            Tally counted = new Tally();
            erase(tx, owner, threadId, forks, counted);
            // The head of the log is the last lock of every transaction.
            for (String erased : counted.threads) {
                LogEntry.Place place = new LogEntry.Place(erased, erased, owner.user());
                ports.log().append(tx, LogEntry.of(LogKind.ERASED, place, Map.of("forks", forks.name())));
            }
            return counted;
        });
        tally.destroyed.forEach(ports.keys()::forget);
        ports.database().barrier();
        return receipt(tally);
    }

    private void erase(Handle tx, Principal owner, String threadId, ForkFate forks, Tally tally) {
        String log = rows.hold(tx, owner.user(), threadId).orElseThrow(() -> notAtRest(threadId));
        if (approvals.unsettled(tx, threadId)) {
            throw notAtRest(threadId);
        }
        List<String> sharers = transcripts.sharers(tx, threadId, log);
        if (!sharers.isEmpty() && forks == ForkFate.REFUSE) {
            throw new CountersignException(
                    HAS_FORKS,
                    "other conversations were forked from this one and begin with its messages: "
                            + String.join(", ", sharers) + ". Say whether they are to be kept, with what they share,"
                            + " or erased as well");
        }
        tally.threads.add(threadId);
        remove(tx, threadId, tally);
        for (String sharer : sharers) {
            if (forks == ForkFate.KEEP) {
                tally.kept.add(sharer);
            } else if (!tally.threads.contains(sharer)) {
                erase(tx, owner, sharer, forks, tally);
            }
        }
    }

    private void remove(Handle tx, String threadId, Tally tally) {
        ApprovalRemoval.Removed asked = approvals.remove(tx, threadId);
        tally.approvals += asked.approvals();
        tally.notifications += asked.notifications();
        tally.requests.addAll(asked.requests());
        tally.effects += ports.effects().remove(tx, threadId);
        TranscriptRemoval.Removed said = transcripts.remove(tx, threadId);
        tally.steps += said.steps();
        tally.messages += said.messages();
        tally.destroyed.addAll(said.destroyed());
        tally.events += rows.remove(tx, threadId);
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
                        tally.messages,
                        tally.steps,
                        tally.events,
                        tally.approvals,
                        tally.effects,
                        tally.notifications),
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
        remains.add("backups that were made before, and logs outside of the store");
        return remains;
    }
}
