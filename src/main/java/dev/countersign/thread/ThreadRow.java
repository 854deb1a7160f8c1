package dev.countersign.thread;

import java.time.Instant;
import java.util.function.Supplier;

/**
 * A thread's row.
 *
 * @param sealedTitle opens the title; most who read a row do not want it
 * @param logId the log that its new messages go to, and whose key its texts are under
 * @param head seq of the newest checkpoint, 0 before the first
 * @param headNext the node it rests before; empty before the first checkpoint
 * @param eventsAccepted seq of the newest event
 * @param eventsDone seq of the newest consumed event
 * @param cancelAsked the gate refuses everything from now on
 * @param fence number of the newest lease
 */
public record ThreadRow(
        String id,
        String owner,
        String agent,
        ThreadKind kind,
        ThreadStatus status,
        Supplier<String> sealedTitle,
        String logId,
        long head,
        String headNext,
        int messages,
        int toolCalls,
        long eventsAccepted,
        long eventsDone,
        boolean cancelAsked,
        long fence,
        Instant createdAt,
        Instant updatedAt) {
    /** What it is called. */
    public String title() {
        return sealedTitle.get();
    }

    /**
     * How it stands for whoever looks at it from outside: one that has accepted what no turn has taken yet is running. Its row
     * may say for a moment how the turn before ended.
     */
    public ThreadStatus standing() {
        return standing(status, eventsAccepted > eventsDone);
    }

    static ThreadStatus standing(ThreadStatus status, boolean eventsWait) {
        boolean atRest = status == ThreadStatus.IDLE || status == ThreadStatus.PARKED;
        return atRest && eventsWait ? ThreadStatus.RUNNING : status;
    }
}
