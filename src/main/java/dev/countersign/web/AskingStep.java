package dev.countersign.web;

import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.Archive;
import dev.countersign.replay.History;
import dev.countersign.replay.Step;
import java.util.List;
import java.util.Optional;

/**
 * Finds the step of a thread that asked for an approval: halving by times, a step a question, and then looking at the steps around,
 * since several may be of one moment and of nodes whose clocks differ. However long the thread, it costs a few small reads.
 */
record AskingStep(History history, Principal reader, String thread) {
    private static final int AROUND = 6;

    /** Its number; that of the nearest in time where no step says that it asked. */
    long of(ApprovalView approval) {
        long low = 1;
        long high = before(Long.MAX_VALUE).map(Step::seq).orElse(1L);
        while (low < high) {
            long middle = low + (high - low) / 2;
            boolean older = before(middle + 1)
                    .map(step -> step.at().isBefore(approval.createdAt()))
                    .orElse(true);
            low = older ? middle + 1 : low;
            high = older ? high : middle;
        }
        return named(approval.id(), low).orElse(low);
    }

    private Optional<Step> before(long seq) {
        return steps(seq, 1).stream().findFirst();
    }

    private List<Step> steps(long before, int limit) {
        return history.steps(reader, thread, new Archive.Slice(new Mark(before, ""), limit))
                .items();
    }

    private Optional<Long> named(String approval, long near) {
        return steps(near + AROUND + 1, 2 * AROUND + 1).stream()
                .filter(step -> step.approvals().stream()
                        .anyMatch(touched ->
                                touched.id().equals(approval) && touched.how().equals("asked")))
                .map(Step::seq)
                .findFirst();
    }
}
