package dev.countersign.replay;

import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.tool.EffectJournal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that went into one conversation, and what came of it step by step: enough to run it again with nobody there. Immutable.
 *
 * @param settings what its agent was like, by the digests that steps name
 * @param events in order, all of them consumed
 * @param approvals that it asked for, as they stand at the end
 * @param steps in order, the first has number 1
 */
public record Recording(
        Subject thread,
        Map<String, Circumstances> settings,
        List<Happening> events,
        List<Asked> approvals,
        List<Stride> steps) {
    public Recording {
        settings = new TreeMap<>(settings);
        events = List.copyOf(events);
        approvals = List.copyOf(approvals);
        steps = List.copyOf(steps);
    }

    /** Whose conversation it is. */
    public record Subject(String id, String owner, String agent, ThreadKind kind) {}

    /**
     * An event.
     *
     * @param body as it is stored; empty for a resolution
     * @param answer of a resolution; else null
     */
    public record Happening(
            long seq,
            EventKind kind,
            String body,
            Instant at,
            @Nullable Answered answer) {}

    /** A person's answer to the unknown effect of a call. */
    public record Answered(String call, EffectJournal.Resolution resolution) {}

    /**
     * An approval.
     *
     * @param call that asked for it
     * @param state as it stands at the end
     */
    public record Asked(
            String id,
            String call,
            String state,
            @Nullable String reviewer,
            @Nullable String comment,
            @Nullable Instant decidedAt) {}

    /**
     * A step: what it saw of the world, and what came of it.
     *
     * @param id its checkpoint's
     * @param state the small keys that a replay compares
     * @param messages that it added
     */
    public record Stride(
            String id,
            String node,
            String next,
            Instant at,
            Seen seen,
            Map<String, Object> state,
            List<Message> messages) {
        public Stride {
            state = new TreeMap<>(state);
            messages = List.copyOf(messages);
        }

        /** The newest consumed event. */
        long lastEvent() {
            return state.get("lastEvent") instanceof Long seq ? seq : 0;
        }
    }

    /** A digest of the whole transcript: who said what when, each call and each result. */
    public String digest() {
        List<Message> all = new ArrayList<>();
        steps.forEach(step -> all.addAll(step.messages()));
        return digest(all);
    }

    static String digest(List<Message> transcript) {
        return Digest.of(transcript.stream().map(Json::write).toArray(String[]::new));
    }

    /** How many turns there are: stretches from an event to a rest. */
    public int turns() {
        return (int) steps.stream()
                .skip(isFork() ? 1 : 0)
                .filter(step -> Rerun.isRest(step.next()))
                .count();
    }

    /** How many messages there are. */
    public int messages() {
        return steps.stream().mapToInt(step -> step.messages().size()).sum();
    }

    /** Whether it begins with what another conversation has said. */
    boolean isFork() {
        return !steps.isEmpty() && steps.get(0).lastEvent() == 0;
    }
}
