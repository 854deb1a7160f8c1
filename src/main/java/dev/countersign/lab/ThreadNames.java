package dev.countersign.lab;

import dev.countersign.approval.Approval;
import dev.countersign.db.RowPress;
import dev.countersign.graph.Ports;
import dev.countersign.thread.ThreadRow;
import java.util.List;
import java.util.Objects;

/** Which rows stand for a thread, and what in them is its alone. */
final class ThreadNames {
    /** Which of the names is the log's: the thread's own. */
    static final int LOG = 0;

    private ThreadNames() {}

    /**
     * The names of a thread that waits for one approval: the thread's own and its log's, its owner's; the approval's id,
     * reference and request.
     */
    static List<String> of(Ports ports, ThreadRow thread) {
        Approval approval = ports.approvals().openOf(thread.id()).get(0);
        return List.of(
                thread.id(),
                thread.owner(),
                approval.id(),
                approval.reference(),
                Objects.requireNonNull(approval.requestId()));
    }

    /** All rows of such a thread but those of the decision log; places are what the stores of the tables say. */
    static List<RowPress.Part> rows(ThreadRow thread) {
        String id = thread.id();
        String log = thread.logId();
        return List.of(
                new RowPress.Part("message_log", "id", log, "", List.of(), ""),
                new RowPress.Part("thread", "id", id, "title", List.of("title", "id"), ""),
                new RowPress.Part("event", "thread_id", id, "body", List.of("event", "thread_id", "seq"), ""),
                new RowPress.Part("message", "log_id", log, "body", List.of("message", "idx"), ""),
                new RowPress.Part("checkpoint", "thread_id", id, "keys", List.of("checkpoint", "thread_id", "seq"), ""),
                new RowPress.Part("approval", "thread_id", id, "body", List.of("approval", "id"), "filing_key"),
                new RowPress.Part("notification", "thread_id", id, "", List.of(), ""));
    }
}
