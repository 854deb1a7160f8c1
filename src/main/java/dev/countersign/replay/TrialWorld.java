package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Senses;
import dev.countersign.thread.Message;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.UserRoles;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The world as a what-if sees it. It goes through other steps than the record, so what steps saw is taken turn by turn: a turn's
 * step sees what the recorded turn's step of the same place saw, and those beyond its end what the last one saw. Working time
 * stands still. Used by one thread.
 */
final class TrialWorld implements Senses {
    private final Recording recording;
    private final Memory memory;
    private final Clock clock;
    private final @Nullable Set<String> roles;
    private final Map<String, Message.ToolCall> calls = new HashMap<>();
    private final List<Message> transcript = new ArrayList<>();
    private final List<Deed> approvalsNew = new ArrayList<>();
    private final Map<String, Recording.Asked> approvals = new HashMap<>();
    private List<Recording.Stride> turn = List.of();
    private int place;

    TrialWorld(Recording recording, Memory memory, Clock clock, @Nullable Set<String> roles) {
        this.recording = recording;
        this.memory = memory;
        this.clock = clock;
        this.roles = roles;
    }

    /** A turn begins, that the record has these steps of. */
    void begins(List<Recording.Stride> recorded) {
        turn = recorded;
        place = 0;
    }

    /** A step has added messages. */
    void hears(List<Message> added) {
        place++;
        transcript.addAll(added);
        added.forEach(message -> message.calls().forEach(call -> calls.put(call.id(), call)));
    }

    List<Message> transcript() {
        return transcript;
    }

    /** What was asked for here, and not in the record. */
    List<Deed> approvalsNew() {
        return approvalsNew;
    }

    /** The recorded approval behind one that was asked for here; empty for a new one. */
    Optional<Recording.Asked> recorded(String approvalId) {
        return Optional.ofNullable(approvals.get(approvalId));
    }

    /** Ids of the newest calls for the same, newest last. */
    List<String> callsLike(Deed deed) {
        return calls.values().stream()
                .filter(call -> Deed.of(call).equals(deed))
                .map(Message.ToolCall::id)
                .sorted()
                .toList();
    }

    /** The recorded turn's step in the place of the one under way; null when the record has none of this turn. */
    private Recording.@Nullable Stride now() {
        return turn.isEmpty() ? null : turn.get(Math.min(place, turn.size() - 1));
    }

    /** What was wrong with one-time roles in this turn. */
    List<String> grants() {
        List<String> grants = new ArrayList<>();
        turn.forEach(step -> grants.addAll(step.seen().grants().values()));
        return grants;
    }

    /** What the agent was like in this turn. */
    Circumstances circumstances() {
        String setting = setting();
        return setting == null ? Script.NONE : recording.settings().getOrDefault(setting, Script.NONE);
    }

    private @Nullable String setting() {
        for (Recording.Stride step : turn) {
            if (step.seen().setting() != null) {
                return step.seen().setting();
            }
        }
        String setting = null;
        for (Recording.Stride step : recording.steps()) {
            if (!turn.isEmpty() && step.equals(turn.get(0))) {
                break;
            }
            setting = step.seen().setting() == null ? setting : step.seen().setting();
        }
        return setting;
    }

    List<ToolInfo> tools() {
        Recording.Stride now = now();
        if (now != null && now.seen().noTools() != null) {
            throw new CountersignException(Script.AS_RECORDED, now.seen().noTools());
        }
        return circumstances().catalogue();
    }

    @Override
    public Instant stamp() {
        return clock.instant();
    }

    @Override
    public long lapMillis() {
        return 0;
    }

    @Override
    public boolean cancelAsked() {
        Recording.Stride now = now();
        return now != null && now.seen().isCanceled();
    }

    @Override
    public UserRoles roles() {
        if (roles != null) {
            return new UserRoles.Known(roles);
        }
        for (Recording.Stride step : turn) {
            Optional<UserRoles> read = roles(step);
            if (read.isPresent()) {
                return read.get();
            }
        }
        UserRoles before = new UserRoles.Unavailable("the record does not say");
        for (Recording.Stride step : recording.steps()) {
            if (!turn.isEmpty() && step.equals(turn.get(0))) {
                break;
            }
            before = roles(step).orElse(before);
        }
        return before;
    }

    private static Optional<UserRoles> roles(Recording.Stride step) {
        if (step.seen().roles() != null) {
            return Optional.of(new UserRoles.Known(Set.copyOf(step.seen().roles())));
        }
        return Optional.ofNullable(step.seen().noRoles()).map(UserRoles.Unavailable::new);
    }

    /** That of the recorded approval for the same, so that its decision finds it; else one of its own. */
    @Override
    public String approvalId(String callId) {
        Message.ToolCall call = calls.getOrDefault(callId, new Message.ToolCall(callId, "", ""));
        Optional<Recording.Asked> same = memory.asked(call);
        if (same.isEmpty()) {
            approvalsNew.add(Deed.of(call));
            return "what-if-" + approvalsNew.size();
        }
        approvals.put(same.get().id(), same.get());
        return same.get().id();
    }
}
