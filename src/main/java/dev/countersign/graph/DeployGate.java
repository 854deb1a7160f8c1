package dev.countersign.graph;

import dev.countersign.thread.ThreadStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of each thread that has something to go on with whether it can, by the rule that the thread itself is held to when it resumes.
 * Only looks. Safe for use by many threads.
 */
public interface DeployGate {
    /** Most threads of one page. */
    int PAGE_MAX = 200;

    /**
     * A release to be, as far as it differs from what runs here.
     *
     * @param program whose nodes and format count
     * @param agent whose circumstances are other ones; null for none
     */
    record Plan(
            Release.Program program,
            @Nullable String agent,
            @Nullable Circumstances circumstances) {}

    /**
     * A thread.
     *
     * @param node that it goes on with
     * @param reasons what does not fit; none when it resumes
     */
    record Line(
            String thread,
            String owner,
            String agent,
            ThreadStatus status,
            String node,
            Fit.Verdict verdict,
            List<String> reasons) {
        public Line {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Some threads.
     *
     * @param next what the next page comes after; null when this is the last
     */
    record Page(List<Line> lines, @Nullable String next) {
        public Page {
            lines = List.copyOf(lines);
        }
    }

    /**
     * The threads whose ids come after this one, in the order of ids.
     *
     * @param plan of a release to be; null for what runs here now
     * @param limit at most {@link #PAGE_MAX}
     * @throws dev.countersign.core.CountersignException {@code CS-401} when an agent's tools cannot be listed
     */
    Page page(@Nullable Plan plan, String after, int limit);
}
