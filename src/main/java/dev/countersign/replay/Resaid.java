package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.EventKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that the user of a recorded conversation said, to be said again.
 *
 * @param whileWaiting whether the conversation waited for a person's decision when it was said; one that did not is said only when
 *     the conversation does not wait now, since it may be about what was decided
 */
public record Resaid(String text, boolean whileWaiting) {
    private static final ErrorCode NOTHING_SAID = new ErrorCode("CS-664", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode NO_STEP = new ErrorCode("CS-665", ErrorCode.Kind.NOT_FOUND);
    private static final String AWAIT = "await";

    /**
     * What was said from a step on, in order: what the turn of the step began with is said again, when the step is within one.
     *
     * @param step its number; null for all that was said
     * @throws CountersignException {@code CS-665} when there is no such step, {@code CS-664} when nothing was said from there on
     */
    public static List<Resaid> from(Recording recording, @Nullable Long step) {
        long after = step == null ? 0 : last(recording, step);
        List<Resaid> said = new ArrayList<>();
        for (Recording.Happening event : recording.events()) {
            if (event.kind() == EventKind.MESSAGE && event.seq() > after) {
                said.add(new Resaid(event.body(), waited(recording, event.seq())));
            }
        }
        if (said.isEmpty()) {
            throw new CountersignException(
                    NOTHING_SAID, "nothing was said in this conversation from there on that could be said again");
        }
        return said;
    }

    /** The last event that is behind a step for good: of a turn that it stands in, what it began with is not. */
    private static long last(Recording recording, long step) {
        if (step < 1 || step > recording.steps().size()) {
            throw new CountersignException(
                    NO_STEP,
                    "expected a step of this conversation from 1 to "
                            + recording.steps().size() + ", got another; 'countersign thread history' lists them");
        }
        Recording.Stride at = recording.steps().get((int) step - 1);
        if (Rerun.isRest(at.next())) {
            return at.lastEvent();
        }
        return recording.events().stream()
                        .filter(event -> event.kind() == EventKind.MESSAGE && event.seq() <= at.lastEvent())
                        .mapToLong(Recording.Happening::seq)
                        .max()
                        .orElse(1)
                - 1;
    }

    private static boolean waited(Recording recording, long event) {
        boolean waits = false;
        for (Recording.Stride step : recording.steps()) {
            if (step.lastEvent() >= event) {
                break;
            }
            waits = step.next().equals(AWAIT);
        }
        return waits;
    }
}
