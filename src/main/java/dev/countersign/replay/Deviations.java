package dev.countersign.replay;

import dev.countersign.graph.Rerun;
import dev.countersign.replay.Forecast.Deviation;
import dev.countersign.thread.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds a what-if against the record, turn by turn and step by step, and counts what differs. Used by one thread. */
final class Deviations {
    private static final String NOTHING = "nothing";

    private final Recording recording;
    private final List<Deviation> found = new ArrayList<>();
    private final List<Deed> calls = new ArrayList<>();
    private final List<Deed> recordedCalls = new ArrayList<>();
    private final Set<String> recordedIds = new HashSet<>();
    private List<Recording.Stride> turn = List.of();
    private long event;
    private int place;
    private int more;

    Deviations(Recording recording) {
        this.recording = recording;
    }

    void begins(long seq, List<Recording.Stride> recorded) {
        event = seq;
        turn = recorded;
        place = 0;
    }

    void stepped(Rerun.Stepped got, List<Message> added) {
        calls.addAll(Deed.all(added));
        if (place >= turn.size()) {
            place++;
            add(null, got.node(), "route", NOTHING, shown(got.node(), added));
            return;
        }
        Recording.Stride should = turn.get(place++);
        passes(should);
        if (!should.node().equals(got.node())) {
            add(should, got.node(), "route", shown(should.node(), should.messages()), shown(got.node(), added));
            return;
        }
        compare(should, added);
        if (!should.next().equals(got.next())) {
            add(should, got.node(), "route", "then " + should.next(), "then " + got.next());
        }
    }

    private void passes(Recording.Stride recorded) {
        recordedCalls.addAll(Deed.all(recorded.messages()));
        recorded.messages().forEach(message -> message.calls().forEach(call -> recordedIds.add(call.id())));
    }

    /** Whether the record has this call, as far as it was run. */
    boolean isRecordedCall(String id) {
        return recordedIds.contains(id);
    }

    private void compare(Recording.Stride should, List<Message> added) {
        int common = Math.min(should.messages().size(), added.size());
        for (int i = 0; i < common; i++) {
            compare(should, should.messages().get(i), added.get(i));
        }
        for (Message gone : should.messages().subList(common, should.messages().size())) {
            add(should, should.node(), kind(gone), shown(gone), NOTHING);
        }
        for (Message come : added.subList(common, added.size())) {
            add(should, should.node(), kind(come), NOTHING, shown(come));
        }
    }

    private void compare(Recording.Stride step, Message should, Message is) {
        if (!TrialModel.same(should, is)) {
            boolean callsDiffer = !Deed.all(List.of(should)).equals(Deed.all(List.of(is)));
            add(step, step.node(), callsDiffer ? "calls" : kind(is), shown(should), shown(is));
        }
    }

    private static String kind(Message message) {
        return message.role() == Message.Role.TOOL ? "result" : message.calls().isEmpty() ? "words" : "calls";
    }

    private static String shown(Message message) {
        if (message.role() == Message.Role.TOOL) {
            return message.tool() + (message.error() ? " failed: " : ": ") + message.text();
        }
        List<String> parts = new ArrayList<>();
        if (!message.text().isEmpty() || message.calls().isEmpty()) {
            parts.add(message.text());
        }
        message.calls().forEach(call -> parts.add(Deed.of(call).toString()));
        return String.join(" + ", parts);
    }

    private static String shown(String node, List<Message> messages) {
        List<String> parts = new ArrayList<>(List.of(node));
        messages.forEach(message -> parts.add(shown(message)));
        return String.join("; ", parts);
    }

    /** The turn under way is over; whether it had a step. */
    boolean ends() {
        boolean ran = place > 0;
        if (place < turn.size()) {
            missing(turn.subList(place, turn.size()));
        }
        turn = List.of();
        return ran;
    }

    /** It goes on no further: what did not run yet is not missing. */
    void breaksOff() {
        turn = List.of();
    }

    /** Nothing waits for an event here; what it led to in the record is missing, if it led to anything. */
    void skipped(Recording.Happening skipped, List<Recording.Stride> recorded) {
        event = skipped.seq();
        if (!recorded.isEmpty()) {
            missing(recorded);
        }
    }

    private void missing(List<Recording.Stride> steps) {
        List<String> nodes = new ArrayList<>();
        for (Recording.Stride step : steps) {
            nodes.add(step.node());
            passes(step);
        }
        add(steps.get(0), steps.get(0).node(), "turn", String.join(", ", nodes), NOTHING);
    }

    private void add(Recording.@Nullable Stride at, String node, String kind, String expected, String got) {
        if (found.size() == Forecast.DEVIATIONS_MAX) {
            more++;
            return;
        }
        long step = at == null ? 0 : recording.steps().indexOf(at) + 1;
        found.add(new Deviation(event, step, at == null ? "" : at.id(), node, kind, expected, got));
    }

    Forecast forecast(int turns, List<Deed> approvalsNew, List<Deed> approvalsGone, String ended) {
        return new Forecast(
                recording.thread().id(),
                turns,
                found,
                more,
                without(calls, recordedCalls),
                without(recordedCalls, calls),
                approvalsNew,
                approvalsGone,
                ended,
                List.of());
    }

    /** What stands in a list more often than in the other. */
    private static List<Deed> without(List<Deed> list, List<Deed> other) {
        List<Deed> rest = new ArrayList<>(list);
        other.forEach(rest::remove);
        return rest;
    }
}
