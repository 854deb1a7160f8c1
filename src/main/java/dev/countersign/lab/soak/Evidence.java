package dev.countersign.lab.soak;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be seen from outside once the soak is quiet: what people did, what the server shows of its threads, what
 * really happened, and what Permit holds.
 *
 * @param acknowledged tokens of messages that the server said it has
 * @param withdrawals how often one was sent to a thread, by its id; also those without an answer
 * @param threads by id
 */
record Evidence(
        List<Diary.Deed> deeds,
        Set<String> acknowledged,
        Map<String, Integer> withdrawals,
        Map<String, Told> threads,
        List<Ledger.Line> ledger,
        List<AtPermit> requests) {
    /** A thread as its owner is shown it. */
    record Told(String id, String status, List<Entry> entries, List<Approval> approvals) {}

    /**
     * A line of a transcript.
     *
     * @param tool empty when it is no tool's result
     */
    record Entry(String role, String text, String tool, List<Call> calls) {}

    record Call(String id, String tool, String arguments) {}

    /**
     * An approval as the server shows it.
     *
     * @param requestId empty while there is none
     */
    record Approval(String requestId, String state, String tool, String reason) {}

    /** A request as Permit shows it. */
    record AtPermit(
            String id,
            String status,
            @Nullable String reference,
            @Nullable String operation,
            String reason) {}
}
