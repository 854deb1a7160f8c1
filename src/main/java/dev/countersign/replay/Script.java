package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Limits;
import dev.countersign.graph.Question;
import dev.countersign.graph.Senses;
import dev.countersign.thread.Message;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.UserRoles;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the record says at the step under way: the world as a replay sees it. Used by one thread. */
final class Script implements Senses {
    static final ErrorCode AS_RECORDED = new ErrorCode("CS-643", ErrorCode.Kind.UNREACHABLE);
    static final Circumstances NONE = new Circumstances("", Map.of(), List.of(), List.of(), Limits.DEFAULTS, List.of());

    private final Recording recording;
    private final LongSupplier step;
    private final Map<String, List<ToolInfo>> catalogues = new HashMap<>();
    private @Nullable Map<Long, String> questions;
    private @Nullable Map<Long, String> summaries;
    private long stampedStep;
    private int stamped;

    Script(Recording recording, LongSupplier step) {
        this.recording = recording;
        this.step = step;
    }

    /** Lets every question be asked, and writes its digest down by the step's number; those for summaries by themselves. */
    void learn(Map<Long, String> heard, Map<Long, String> heardForSummaries) {
        questions = heard;
        summaries = heardForSummaries;
    }

    /**
     * A model is asked for a summary.
     *
     * @return how that ended
     * @throws Diverged when it was asked for none, or for another one
     */
    Seen.Summed summed(ChatRequest request) {
        Seen.Summed recorded = seen().summed();
        if (recorded == null) {
            throw diverged("model", "what the model is asked", "no summary", "a summary");
        }
        if (summaries != null) {
            summaries.put(number(), Question.digest(request));
            return recorded;
        }
        String digest = Question.digestLike(recorded.asked(), request);
        if (!digest.equals(recorded.asked())) {
            throw diverged("model", "what the model is asked to sum up (digest)", recorded.asked(), digest);
        }
        return recorded;
    }

    /**
     * A model is asked a question.
     *
     * @throws Diverged when it was asked another one
     */
    void asked(ChatRequest request) {
        if (questions != null) {
            questions.put(number(), Question.digest(request));
            return;
        }
        String recorded = String.valueOf(seen().asked());
        String digest = Question.digestLike(recorded, request);
        if (!digest.equals(recorded)) {
            throw diverged("model", "what the model is asked (digest)", recorded, digest);
        }
    }

    Recording recording() {
        return recording;
    }

    /** The number of the step under way. */
    long number() {
        return step.getAsLong();
    }

    /** The step under way, or null when the record has none like it. */
    Recording.@Nullable Stride now() {
        return at(number());
    }

    Recording.@Nullable Stride at(long seq) {
        return seq < 1 || seq > recording.steps().size()
                ? null
                : recording.steps().get((int) seq - 1);
    }

    /** What the step under way saw. */
    Seen seen() {
        Recording.Stride now = now();
        if (now == null) {
            throw diverged("", "the step itself", "that the conversation rests", "one more step");
        }
        return now.seen();
    }

    /** Ends the replay at the step under way. */
    Diverged diverged(String node, String what, String expected, String got) {
        Recording.Stride now = now();
        String named = node.isEmpty() && now != null ? now.node() : node;
        return new Diverged(new Divergence(
                recording.thread().id(), number(), now == null ? "" : now.id(), named, what, expected, got));
    }

    /** The agent as it was at a step. */
    Circumstances circumstances(long seq) {
        for (long at = Math.min(seq, recording.steps().size()); at >= 1; at--) {
            String setting = recording.steps().get((int) at - 1).seen().setting();
            if (setting != null) {
                return recording.settings().getOrDefault(setting, NONE);
            }
        }
        return NONE;
    }

    /** The tools as they were listed at the step under way. */
    List<ToolInfo> tools() {
        String missing = seen().noTools();
        if (missing != null) {
            throw new CountersignException(AS_RECORDED, missing);
        }
        for (long at = number(); at >= 1; at--) {
            String setting = recording.steps().get((int) at - 1).seen().setting();
            if (setting != null) {
                return catalogues.computeIfAbsent(
                        setting,
                        digest ->
                                recording.settings().getOrDefault(digest, NONE).catalogue());
            }
        }
        return List.of();
    }

    @Override
    public Instant stamp() {
        if (stampedStep != number()) {
            stampedStep = number();
            stamped = 0;
        }
        Recording.Stride now = now();
        if (now == null) {
            return Instant.EPOCH;
        }
        List<Message> said = new ArrayList<>(now.messages());
        return stamped < said.size() ? said.get(stamped++).at() : now.at();
    }

    @Override
    public long lapMillis() {
        return seen().lapMillis();
    }

    @Override
    public boolean cancelAsked() {
        return seen().isCanceled();
    }

    @Override
    public UserRoles roles() {
        for (long at = number(); at >= 1; at--) {
            Recording.Stride one = at(at);
            if (one != null && one.seen().roles() != null) {
                return new UserRoles.Known(Set.copyOf(one.seen().roles()));
            }
            if (one != null && one.seen().noRoles() != null) {
                return new UserRoles.Unavailable(one.seen().noRoles());
            }
        }
        return new UserRoles.Unavailable("the record does not say");
    }

    @Override
    public String approvalId(String callId) {
        return recording.approvals().stream()
                .filter(asked -> asked.call().equals(callId))
                .map(Recording.Asked::id)
                .findFirst()
                .orElseThrow(() -> diverged("request", "a filing", "none for call " + callId, "one"));
    }
}
