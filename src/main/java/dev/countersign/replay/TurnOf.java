package dev.countersign.replay;

import dev.countersign.thread.EventKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The steps that one event led to, as the record has them. */
final class TurnOf {
    private static final String REQUEST = "request";

    private final Recording recording;
    private final long event;
    private final List<Recording.Stride> steps = new ArrayList<>();

    /** When the steps before those that file began, at the latest. */
    private Instant filing = Instant.MIN;

    TurnOf(Recording recording, long event) {
        this.recording = recording;
        this.event = event;
        Instant before = Instant.MIN;
        for (Recording.Stride step : recording.steps()) {
            if (step.lastEvent() == event) {
                steps.add(step);
                filing = step.node().equals(REQUEST) ? before : filing;
            }
            before = step.at();
        }
    }

    List<Recording.Stride> steps() {
        return steps;
    }

    /** Whether it led to any: events that have no effect where a thread stands are dropped. */
    boolean isApplied() {
        return !steps.isEmpty();
    }

    /** As what approvals stood after they were withdrawn in these steps. */
    Map<String, String> withdrawn() {
        Map<String, String> withdrawn = new HashMap<>();
        steps.forEach(step -> withdrawn.putAll(step.seen().withdrawn()));
        return withdrawn;
    }

    /**
     * Approvals whose decision was there before a step of these filed a request, although its own event comes later: what is decided
     * already is asked for anew.
     */
    List<String> decidedBefore() {
        List<String> decided = new ArrayList<>();
        for (Recording.Happening later : recording.events()) {
            boolean decides = later.kind() == EventKind.DECISION || later.kind() == EventKind.EXPIRY;
            if (decides && later.seq() > event && later.at().isBefore(filing)) {
                decided.add(later.body());
            }
        }
        return decided;
    }
}
