package dev.countersign.replay;

import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.CheckpointStore.Stored;
import dev.countersign.checkpoint.Settings;
import dev.countersign.checkpoint.StepNotes;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Ports;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.Transcript;
import dev.countersign.tool.EffectRecord;
import dev.countersign.tool.EffectSite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads recordings out of a store; nothing is written. Safe for use by many threads. */
final class Recorder {
    private static final ErrorCode AT_WORK = new ErrorCode("CS-641", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode NOT_RECORDED = new ErrorCode("CS-642", ErrorCode.Kind.CONFLICT);
    private static final int PAGE = 500;
    private static final long NO_FENCE = -1;

    private final Ports ports;

    Recorder(Ports ports) {
        this.ports = ports;
    }

    /**
     * The recording of a thread up to where it rests.
     *
     * @throws CountersignException {@code CS-641} when a turn of it is under way, {@code CS-642} when it is from before steps
     *     noted what a replay needs
     */
    Recording record(ThreadRow thread) {
        if (!Rerun.isRest(thread.headNext())) {
            throw new CountersignException(
                    AT_WORK,
                    "expected a conversation at rest, got one in the middle of a turn; ask again when it has ended");
        }
        List<Stored> stored = stored(thread);
        Map<Long, List<String>> notes = new StepNotes(ports.database(), ports.keys()).of(thread);
        List<Recording.Stride> steps = steps(thread, stored, notes);
        return new Recording(
                new Recording.Subject(thread.id(), thread.owner(), thread.agent(), thread.kind()),
                settings(steps),
                events(thread),
                approvals(thread, notes),
                steps);
    }

    private List<Stored> stored(ThreadRow thread) {
        List<Stored> all = new ArrayList<>();
        long before = thread.head() + 1;
        List<Stored> page;
        do {
            page = ports.checkpoints().page(thread.id(), before, PAGE);
            all.addAll(page);
            before = page.isEmpty() ? 0 : page.get(page.size() - 1).seq();
        } while (page.size() == PAGE);
        Collections.reverse(all);
        return all;
    }

    private List<Recording.Stride> steps(ThreadRow thread, List<Stored> stored, Map<Long, List<String>> notes) {
        List<Recording.Stride> steps = new ArrayList<>();
        if (stored.isEmpty()) {
            return steps;
        }
        Transcript whole = StoredHistory.transcript(stored.get(stored.size() - 1));
        List<Message> messages = whole.slice(0, whole.size());
        Map<String, Object> before = Map.of();
        int was = 0;
        for (Stored one : stored) {
            int size = StoredHistory.transcript(one).size();
            List<Message> added = messages.subList(was, size);
            Sight sight = new Sight(one.node(), notes.getOrDefault(one.seq(), List.of()), added);
            requireNotes(thread, one, sight);
            long lap = Math.max(0, Rerun.activeMillis(one.state()) - Rerun.activeMillis(before));
            steps.add(new Recording.Stride(
                    one.id(),
                    one.node(),
                    one.nextNode(),
                    one.at(),
                    sight.seen(lap, Rerun.summary(one.state())),
                    Rerun.comparable(one.state()),
                    added));
            before = one.state();
            was = size;
        }
        return steps;
    }

    /** A model's answer without its question is from before there were notes. */
    private static void requireNotes(ThreadRow thread, Stored step, Sight sight) {
        if (sight.isUnnoted()) {
            throw new CountersignException(
                    NOT_RECORDED,
                    "step " + step.seq() + " of conversation " + thread.id()
                            + " was made by a version that did not note what a replay needs; it cannot be replayed");
        }
    }

    private Map<String, Circumstances> settings(List<Recording.Stride> steps) {
        Settings kept = new Settings(ports.database());
        Map<String, Circumstances> settings = new TreeMap<>();
        for (Recording.Stride step : steps) {
            String digest = step.seen().setting();
            if (digest != null && !settings.containsKey(digest)) {
                String json = kept.find(digest)
                        .orElseThrow(() -> new CountersignException(
                                NOT_RECORDED, "what its agent was like was not kept; it cannot be replayed"));
                settings.put(digest, Circumstances.parse(json));
            }
        }
        return settings;
    }

    private List<Recording.Happening> events(ThreadRow thread) {
        List<Recording.Happening> events = new ArrayList<>();
        for (long seq = 1; seq <= thread.eventsDone(); seq++) {
            ports.threads().event(thread, seq).ifPresent(event -> events.add(happening(thread, event)));
        }
        return events;
    }

    private Recording.Happening happening(ThreadRow thread, Event event) {
        if (event.kind() != EventKind.RESOLUTION) {
            return new Recording.Happening(event.seq(), event.kind(), event.body(), event.at(), null);
        }
        EffectSite site = new EffectSite(
                thread.id(), thread.owner(), NO_FENCE, ports.keys().of(thread.logId()));
        Optional<EffectRecord> effect = ports.effects().find(site, Rerun.effectOf(event.body()));
        Recording.Answered answer =
                new Recording.Answered(effect.map(EffectRecord::callId).orElse(""), Rerun.meaningOf(event.body()));
        return new Recording.Happening(event.seq(), event.kind(), "", event.at(), answer);
    }

    private List<Recording.Asked> approvals(ThreadRow thread, Map<Long, List<String>> notes) {
        Map<String, String> calls = new HashMap<>();
        notes.values().forEach(list -> calls.putAll(Sight.approvals(list)));
        List<Recording.Asked> asked = new ArrayList<>();
        for (Approval approval : ports.approvals().ofThread(thread.id())) {
            String call = calls.get(approval.id());
            if (call != null) {
                asked.add(new Recording.Asked(
                        approval.id(),
                        call,
                        approval.state().name(),
                        approval.reviewer(),
                        approval.comment(),
                        approval.decidedAt()));
            }
        }
        return asked;
    }
}
