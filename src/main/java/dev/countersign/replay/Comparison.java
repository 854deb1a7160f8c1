package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.Json;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds each step of a replay against the record, as it comes. Used by one thread. */
final class Comparison implements Audience {
    private final Script script;
    private int steps;
    private int messages;

    Comparison(Script script) {
        this.script = script;
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public void given(Recording.Stride step) {
        steps++;
        messages += step.messages().size();
    }

    @Override
    public List<Message> hears(Rerun.Stepped got) {
        steps++;
        Recording.Stride expected = script.at(got.seq());
        Transcript transcript = (Transcript) got.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
        List<Message> added = transcript.slice(Math.min(messages, transcript.size()), transcript.size());
        messages = transcript.size();
        if (expected == null) {
            throw diverged(got, null, "the step itself", "no further step", got.node());
        }
        require(got, expected, "node", expected.node(), got.node());
        compare(got, expected, added);
        states(got, expected, Rerun.comparable(got.state()));
        require(got, expected, "next node", expected.next(), got.next());
        return added;
    }

    private void compare(Rerun.Stepped got, Recording.Stride expected, List<Message> added) {
        for (int i = 0; i < Math.min(added.size(), expected.messages().size()); i++) {
            Message is = added.get(i);
            Message should = expected.messages().get(i);
            if (!is.equals(should)) {
                require(got, expected, "message " + i + " of the step", Json.write(should), Json.write(is));
            }
        }
        require(
                got,
                expected,
                "how many messages the step adds",
                Integer.toString(expected.messages().size()),
                Integer.toString(added.size()));
    }

    private void states(Rerun.Stepped got, Recording.Stride expected, Map<String, Object> is) {
        if (is.equals(expected.state())) {
            return;
        }
        List<Change> changes = StateDiff.between(StateDiff.readable(expected.state()), StateDiff.readable(is));
        if (changes.isEmpty()) {
            // As texts they differ, and they say the same.
            return;
        }
        Change first = changes.get(0);
        require(got, expected, "state " + first.path(), text(first.before()), text(first.after()));
    }

    private static String text(@Nullable JsonNode value) {
        return value == null ? "nothing" : value.toString();
    }

    private void require(Rerun.Stepped got, Recording.Stride expected, String what, String should, String is) {
        if (!should.equals(is)) {
            throw diverged(got, expected, what, should, is);
        }
    }

    private Diverged diverged(
            Rerun.Stepped got, Recording.@Nullable Stride expected, String what, String should, String is) {
        return new Diverged(new Divergence(
                script.recording().thread().id(),
                got.seq(),
                expected == null ? "" : expected.id(),
                got.node(),
                what,
                should,
                is));
    }
}
