package dev.countersign.web;

import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.replay.Divergence;
import dev.countersign.replay.History;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Step;
import dev.countersign.replay.StrictReplay;
import dev.countersign.replay.Verdict;
import dev.countersign.server.Auditors;
import dev.countersign.server.Readers;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Replays a conversation strictly when somebody who may see it says so, and shows where it came to something else. One at a time
 * on this node, and none that is long: what a page waits for must not take the server's time from the conversations that go on.
 */
final class ReplayPage implements Section {
    private static final int STEPS_MAX = 2_000;

    private final Semaphore free = new Semaphore(1);

    /**
     * What came of it.
     *
     * @param step where it differs, as an address; empty when it does not, or when the record has no such step
     */
    record View(
            ThreadView thread,
            String base,
            Verdict verdict,
            @Nullable Divergence divergence,
            String step) {}

    @Override
    public Optional<Section.Entry> entry() {
        return Optional.empty();
    }

    @Override
    public void on(Site site) {
        site.post("/threads/{id}/replay", visit -> replay(site, visit));
    }

    private void replay(Site site, Visit visit) {
        Auditors auditors = new Auditors(site.parts().permit(), site.parts().auditorRole());
        String id = visit.path("id");
        Principal reader = new Readers(site.parts().runtime(), auditors).of(visit.who(), id);
        ThreadView thread = site.parts().runtime().thread(reader, id);
        Verdict verdict = verdict(site.parts().hindsight().history(), reader, id);
        Divergence divergence = verdict.divergence().orElse(null);
        String base = "/threads/" + id + "/history";
        String step = verdict.divergence()
                .filter(where -> !where.checkpoint().isEmpty())
                .map(where -> base + "/" + where.step())
                .orElse("");
        visit.page(
                "replayed",
                "Replay of " + thread.title(),
                "history",
                new View(thread, base, verdict, divergence, step));
    }

    private Verdict verdict(History history, Principal reader, String id) {
        long steps = history.steps(reader, id, new Archive.Slice(new Mark(Long.MAX_VALUE, ""), 1)).items().stream()
                .findFirst()
                .map(Step::seq)
                .orElse(0L);
        if (steps > STEPS_MAX) {
            throw WebErrors.tooLong(STEPS_MAX, steps);
        }
        if (!free.tryAcquire()) {
            throw WebErrors.atIt();
        }
        try (StrictReplay replay = new StrictReplay()) {
            Recording recording = history.recording(reader, id);
            return replay.run(recording);
        } finally {
            free.release();
        }
    }
}
