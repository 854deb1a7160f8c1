package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.ScratchStore;
import dev.countersign.graph.Rerun;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs recorded conversations again, strictly: the graph, nodes and runner of production, and every model's answer, tool's result,
 * decision, time and id from the record (promise 12). There is no client of a model, of a tool or of Permit, no socket, and no
 * store but one in memory, which is empty again afterwards. A step that comes to something else than the record ends it. For one
 * user at a time; several may run beside each other.
 */
public final class StrictReplay implements AutoCloseable {
    private static final ErrorCode NOT_REDACTED = new ErrorCode("CS-648", ErrorCode.Kind.UNPROCESSABLE);

    private final ScratchStore store = ScratchStore.open();
    private final Rerun.Tap tap;

    public StrictReplay() {
        this((node, update) -> update);
    }

    /** With what sees, and may change, what nodes return: so that a test can break one. */
    public StrictReplay(Rerun.Tap tap) {
        this.tap = tap;
    }

    /** Runs the whole of it; never throws for what the conversation does. */
    public Verdict run(Recording recording) {
        store.clear();
        return new Stage(store.database(), recording, tap).play();
    }

    /**
     * The same conversation in other words: nothing that a person, a model or a tool wrote remains, nor who they are; its steps,
     * calls and outcomes are the same, and it replays to its own digest.
     *
     * @throws CountersignException {@code CS-648} when other words would make it another conversation
     */
    public Recording redacted(Recording recording) {
        Recording inputs = new Redaction().inputs(recording);
        List<Rehearsal> rehearsals = new ArrayList<>();
        store.clear();
        Verdict rehearsed = new Stage(store.database(), inputs, (node, update) -> update, script -> {
                    Rehearsal one = new Rehearsal(script);
                    rehearsals.add(one);
                    return one;
                })
                .play();
        requireEqual(rehearsed);
        Recording redacted = new Recording(
                inputs.thread(),
                inputs.settings(),
                inputs.events(),
                inputs.approvals(),
                rehearsals.get(0).steps(inputs));
        requireEqual(run(redacted));
        return redacted;
    }

    private static void requireEqual(Verdict verdict) {
        verdict.divergence().ifPresent(divergence -> {
            throw new CountersignException(
                    NOT_REDACTED,
                    "the recording cannot be redacted: with its words masked, step " + divergence.step() + " (node "
                            + divergence.node() + ") would be another; export it without --redact");
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
