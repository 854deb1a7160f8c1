package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.replay.History;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Step;
import dev.countersign.thread.Lineage;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The steps that a test puts here, the same for every thread of the runtime in memory. */
public final class MemoryHistory implements History {
    private static final ErrorCode NO_STEP = new ErrorCode("CS-640", ErrorCode.Kind.NOT_FOUND);

    /** Oldest first, numbered from 1. */
    public final List<Step> steps = new ArrayList<>();

    /** The id of each thread's one fork. */
    public String fork = "fork";

    /** What every thread is recorded as; null for nothing at all. */
    public @Nullable Recording recorded;

    private final MemoryRuntime runtime;

    MemoryHistory(MemoryRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Archive.Page<Step> steps(Principal owner, String threadId, Archive.Slice slice) {
        runtime.thread(owner, threadId);
        int end = (int) Math.min(steps.size(), slice.after().at() - 1);
        int from = Math.max(0, end - slice.limit());
        List<Step> shown = new ArrayList<>();
        for (int i = end - 1; i >= from; i--) {
            shown.add(steps.get(i));
        }
        return new Archive.Page<>(shown, from > 0 ? new Mark(from + 1, "step") : null);
    }

    /** The thread and one fork of it. */
    @Override
    public List<Lineage.Member> family(Principal owner, String threadId) {
        ThreadView thread = runtime.thread(owner, threadId);
        return List.of(
                new Lineage.Member(threadId, null, 0, 0, thread.status(), thread.createdAt()),
                new Lineage.Member(fork, threadId, 3, 1, ThreadStatus.PARKED, thread.createdAt()));
    }

    @Override
    public Moment at(Principal owner, String threadId, long seq, int messages) {
        runtime.thread(owner, threadId);
        if (seq < 1 || seq > steps.size()) {
            throw new CountersignException(NO_STEP, "there is no such step");
        }
        Step step = steps.get((int) seq - 1);
        return new Moment(step, steps.size(), Json.object().put("steps", seq).put("camelCase", true), step.added());
    }

    @Override
    public Recording recording(Principal owner, String threadId) {
        runtime.thread(owner, threadId);
        var subject = new Recording.Subject(threadId, owner.user(), "food-ordering", ThreadKind.CHAT);
        Recording of = recorded;
        return of == null
                ? new Recording(subject, Map.of(), List.of(), List.of(), List.of())
                : new Recording(subject, of.settings(), of.events(), of.approvals(), of.steps());
    }
}
