package dev.countersign.graph;

import dev.countersign.approval.Deadlines;
import dev.countersign.approval.Notifications;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.util.HashMap;
import java.util.Map;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.NodeActionWithConfig;

/** The turn is over: says as what the thread rests, to be written with the checkpoint that makes it rest. */
final class ReplyNode implements NodeActionWithConfig<ThreadState> {
    private final Notifications notifications;
    private final Deadlines deadlines;

    ReplyNode(Ports ports) {
        this.notifications = ports.notifications();
        this.deadlines = ports.upkeep().deadlines();
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Run run = Run.of(config);
        // A job that still waits for something parks once more: the cancel event finds it there and withdraws what is
        // open.
        boolean canceledJob = run.thread().kind() == ThreadKind.JOB
                && state.strings(ThreadState.OPEN).isEmpty()
                && run.senses().cancelAsked();
        ThreadStatus rests =
                canceledJob ? ThreadStatus.CANCELED : status(state, run.thread().kind());
        run.turn().restAs(rests);
        if (rests == ThreadStatus.NEEDS_ATTENTION && run.thread().status() != rests) {
            run.turn().stage(tx -> notifications.needsAttention(tx, run.thread()));
        }
        if (run.thread().kind() == ThreadKind.JOB && (rests == ThreadStatus.DONE || rests == ThreadStatus.FAILED)) {
            run.turn().stage(tx -> notifications.jobFinished(tx, run.thread()));
        }
        if (rests == ThreadStatus.FAILED || rests == ThreadStatus.CANCELED) {
            // Nobody waits any more: a reviewer should not be asked, nor a yes be left lying about.
            for (String id : state.strings(ThreadState.OPEN)) {
                run.turn().stage(tx -> deadlines.withdrawSoon(tx, id));
            }
        }
        Map<String, Object> update = new HashMap<>();
        TurnSpan.remember(update);
        if (canceledJob) {
            update.put(ThreadState.ENDING, "canceled");
        }
        return update;
    }

    static ThreadStatus status(ThreadState state, ThreadKind kind) {
        String ending = state.text(ThreadState.ENDING).orElse("");
        if (!ending.isEmpty()) {
            return ending.equals("canceled") ? ThreadStatus.CANCELED : ThreadStatus.FAILED;
        }
        if (!state.strings(ThreadState.UNKNOWN).isEmpty()) {
            return ThreadStatus.NEEDS_ATTENTION;
        }
        if (!state.strings(ThreadState.OPEN).isEmpty()) {
            return ThreadStatus.PARKED;
        }
        return kind == ThreadKind.JOB ? ThreadStatus.DONE : ThreadStatus.IDLE;
    }
}
