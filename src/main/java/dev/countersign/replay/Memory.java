package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.thread.Message;
import dev.countersign.tool.RequestRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A record by what was called in it: how a call ended, and what became of what was asked for it. What was used once is not used
 * again, but for what only reads. Used by one thread.
 */
final class Memory {
    private static final String REASON = "reason";

    private final Map<String, Message.ToolCall> calls = new HashMap<>();
    private final Map<String, Deed> planned = new HashMap<>();
    private final Map<Deed, Deque<Seen.End>> ends = new HashMap<>();
    private final Map<Deed, Deque<Recording.Asked>> asked = new HashMap<>();
    private final Map<String, Seen.Filed> filings = new HashMap<>();
    private final Set<String> readOnly = new HashSet<>();

    /** Tools of which each call is a request to Permit: its words are not what it is about. */
    private final Set<String> requestTools = new HashSet<>();

    Memory(Recording recording) {
        recording.settings().values().forEach(setting -> {
            setting.requests().stream().map(RequestRule::tool).forEach(requestTools::add);
            setting.tools().stream().filter(tool -> tool.readOnly()).forEach(tool -> readOnly.add(tool.name()));
        });
        recording.steps().forEach(step -> step.messages().forEach(this::learn));
        recording.steps().forEach(this::learn);
        for (Recording.Asked one : recording.approvals()) {
            Message.ToolCall call = calls.get(one.call());
            if (call != null) {
                asked.computeIfAbsent(wish(call), deed -> new ArrayDeque<>()).add(one);
            }
        }
    }

    private void learn(Message message) {
        message.calls().forEach(call -> calls.put(call.id(), call));
    }

    /** A call ran with its arguments as the plan has them, which may be fewer than the model wrote. */
    private void learn(Recording.Stride step) {
        if (step.state().get("plan") instanceof String plan && !plan.isEmpty()) {
            for (JsonNode item : Json.read(plan).path("items")) {
                Deed deed = Deed.of(
                        item.path("tool").asText(), item.path("arguments").asText());
                planned.put(item.path("callId").asText(), deed);
            }
        }
        for (Seen.End end : step.seen().ends()) {
            Optional.ofNullable(planned.get(end.call()))
                    .or(() -> call(end.call()))
                    .ifPresent(deed -> ends.computeIfAbsent(deed, one -> new ArrayDeque<>())
                            .add(end));
        }
        step.seen().filings().forEach(filed -> filings.put(filed.call(), filed));
    }

    /** How the call ended in the record; empty when it was not made there, or not as often. */
    Optional<Seen.End> end(Deed deed) {
        Deque<Seen.End> known = ends.getOrDefault(deed, new ArrayDeque<>());
        boolean again = known.size() == 1 && readOnly.contains(deed.tool());
        return Optional.ofNullable(again ? known.peek() : known.poll());
    }

    /** What the record has of a request for the same; empty when there was none, or not as often. */
    Optional<Recording.Asked> asked(Message.ToolCall call) {
        return Optional.ofNullable(
                asked.getOrDefault(wish(call), new ArrayDeque<>()).poll());
    }

    /** How the filing of a recorded approval ended. */
    Optional<Seen.Filed> filing(Recording.Asked one) {
        return Optional.ofNullable(filings.get(one.call()));
    }

    /** The recorded call with this id. */
    Optional<Deed> call(String id) {
        return Optional.ofNullable(calls.get(id)).map(Deed::of);
    }

    /** What was asked for in the record, and not here. */
    List<Recording.Asked> notAsked() {
        List<Recording.Asked> rest = new ArrayList<>();
        asked.values().forEach(rest::addAll);
        rest.sort(Comparator.comparing(Recording.Asked::id));
        return rest;
    }

    /** What an approval is about. */
    private Deed wish(Message.ToolCall call) {
        Deed deed = Deed.of(call);
        if (requestTools.contains(call.tool()) && deed.arguments().startsWith("{")) {
            ObjectNode wanted = (ObjectNode) Json.read(deed.arguments());
            wanted.remove(REASON);
            return new Deed(deed.tool(), Json.canonical(wanted));
        }
        return deed;
    }
}
