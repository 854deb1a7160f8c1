package dev.countersign.replay;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows a replay whose words were changed, and writes down what comes of it: the same steps, messages and calls as before, in
 * other words. Where it comes to another step, another call or another outcome, it ends. Used by one thread.
 */
final class Rehearsal implements Audience {
    private final Script script;
    private final Map<Long, String> questions = new HashMap<>();
    private final Map<Long, String> summaries = new HashMap<>();
    private final List<Recording.Stride> steps = new ArrayList<>();
    private int messages;

    Rehearsal(Script script) {
        this.script = script;
        script.learn(questions, summaries);
    }

    /** What came of it. */
    List<Recording.Stride> steps(Recording inputs) {
        List<Recording.Stride> all = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Recording.Stride step = steps.get(i);
            Seen seen = inputs.steps().get(i).seen();
            all.add(new Recording.Stride(
                    step.id(),
                    step.node(),
                    step.next(),
                    step.at(),
                    asking(seen, i + 1L),
                    step.state(),
                    step.messages()));
        }
        return all;
    }

    private Seen asking(Seen seen, long step) {
        String question = seen.asked() == null ? null : questions.getOrDefault(step, "");
        return seen.asking(question, summaries.get(step));
    }

    @Override
    public void given(Recording.Stride step) {
        steps.add(step);
        messages += step.messages().size();
    }

    @Override
    public List<Message> hears(Rerun.Stepped got) {
        Recording.Stride like = script.at(got.seq());
        Transcript transcript = (Transcript) got.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
        List<Message> added = transcript.slice(Math.min(messages, transcript.size()), transcript.size());
        messages = transcript.size();
        String shape = shape(got.node(), got.next(), added);
        String should = like == null ? "none" : shape(like.node(), like.next(), like.messages());
        if (like == null || !shape.equals(should)) {
            throw script.diverged(got.node(), "the step's shape", should, shape);
        }
        steps.add(new Recording.Stride(
                like.id(), got.node(), got.next(), like.at(), like.seen(), Rerun.comparable(got.state()), added));
        return added;
    }

    private static String shape(String node, String next, List<Message> messages) {
        StringBuilder shape = new StringBuilder(node + " to " + next);
        for (Message message : messages) {
            shape.append(", ").append(message.role()).append(message.error() ? " failed" : "");
            shape.append(message.callId() == null ? "" : " " + message.callId());
            message.calls().forEach(call -> shape.append(" calls ").append(call.id()));
        }
        return shape.toString();
    }

    @Override
    public int steps() {
        return steps.size();
    }
}
