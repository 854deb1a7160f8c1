package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.checkpoint.CheckpointStore.Stored;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.Ports;
import dev.countersign.graph.Results;
import dev.countersign.graph.Views;
import dev.countersign.replay.Step.Called;
import dev.countersign.replay.Step.Consumed;
import dev.countersign.replay.Step.Journaled;
import dev.countersign.replay.Step.Touched;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.tool.EffectIntent;
import dev.countersign.tool.EffectRecord;
import dev.countersign.tool.EffectSite;
import dev.countersign.tool.EffectState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes steps of checkpoints of one thread, next to each other. */
final class StepReader {
    /** Readers start nothing, so they need no lease. */
    private static final long NO_FENCE = -1;

    /** Keys and nodes as they are recorded. */
    private static final String OPEN = "open";

    private static final String UNKNOWN = "unknown";
    private static final String GATE = "gate";
    private static final String REQUEST = "request";
    private static final String SETTLE = "settle";

    private final Ports ports;
    private final ThreadRow thread;
    private final Window window;
    private final EffectSite site;
    private final Map<String, Message.ToolCall> asked = new HashMap<>();

    /**
     * A stretch of the transcript.
     *
     * @param from the position of its first message, from 0
     */
    record Window(int from, List<Message> messages) {
        List<Message> slice(int first, int end) {
            return messages.subList(Math.max(0, first - from), Math.max(0, end - from));
        }
    }

    StepReader(Ports ports, ThreadRow thread, Window window) {
        this.ports = ports;
        this.thread = thread;
        this.window = window;
        this.site = new EffectSite(
                thread.id(), thread.owner(), NO_FENCE, ports.keys().of(thread.logId()));
        window.messages().forEach(message -> message.calls().forEach(call -> asked.put(call.id(), call)));
    }

    /**
     * Reads a step.
     *
     * @param before the step before it, or null when there is none to compare with
     */
    Step read(Stored stored, @Nullable Stored before) {
        int size = StoredHistory.transcript(stored).size();
        int was = StoredHistory.sizeBefore(stored, before);
        List<Message> added = window.slice(was, size);
        ObjectNode state = StateDiff.readable(stored.state());
        ObjectNode stateBefore = stateBefore(stored, before, state);
        return new Step(
                stored.id(),
                stored.seq(),
                stored.parentId(),
                stored.node(),
                stored.nextNode(),
                stored.at(),
                stored.fingerprint(),
                size,
                consumed(stateBefore, state),
                StateDiff.between(stateBefore, state),
                entries(was, added),
                calls(stored.node(), added, stateBefore, state),
                approvals(stateBefore, state));
    }

    private static ObjectNode stateBefore(Stored stored, @Nullable Stored before, ObjectNode state) {
        if (before != null) {
            return StateDiff.readable(before.state());
        }
        return StoredHistory.isComparable(stored) ? Json.object() : state;
    }

    private static List<Entry> entries(int from, List<Message> messages) {
        List<Entry> entries = new ArrayList<>();
        long position = from;
        for (Message message : messages) {
            entries.add(Views.entry(++position, message));
        }
        return entries;
    }

    private @Nullable Consumed consumed(JsonNode before, JsonNode after) {
        long newest = after.path(CheckpointStore.LAST_EVENT).asLong();
        if (newest <= before.path(CheckpointStore.LAST_EVENT).asLong()) {
            return null;
        }
        return ports.threads()
                .event(thread, newest)
                .map(event -> new Consumed(event.seq(), lower(event.kind()), about(event), event.at()))
                .orElse(null);
    }

    private static @Nullable String about(Event event) {
        if (event.kind() == EventKind.MESSAGE || event.body().isEmpty()) {
            return null;
        }
        return event.kind() == EventKind.RESOLUTION
                ? Json.read(event.body()).path("effect").asText()
                : event.body();
    }

    private List<Called> calls(String node, List<Message> added, JsonNode before, JsonNode after) {
        Map<String, String> planned = planned(before);
        List<String> unknown = texts(after.path(UNKNOWN));
        List<Called> calls = new ArrayList<>();
        for (Message message : added) {
            String id = message.callId();
            String tool = message.tool();
            if (id != null && tool != null) {
                Message.ToolCall call = asked.getOrDefault(id, new Message.ToolCall(id, tool, "{}"));
                String arguments = planned.getOrDefault(id, call.arguments());
                calls.add(called(node, message, new Message.ToolCall(id, tool, arguments), unknown));
            }
        }
        return calls;
    }

    private Called called(String node, Message result, Message.ToolCall call, List<String> unknown) {
        if (Results.isSynthetic(call.tool())) {
            return new Called(call.id(), call.tool(), call.arguments(), "told", null);
        }
        EffectRecord effect = runsCalls(node) ? effectOf(call) : null;
        return new Called(
                call.id(),
                call.tool(),
                call.arguments(),
                effect == null ? outcome(node, result) : outcome(effect, result, unknown),
                effect == null ? null : journaled(effect));
    }

    /** Elsewhere a call is answered before it runs, if it ever does: what the journal has of it then came of a later step. */
    private static boolean runsCalls(String node) {
        return !node.equals(GATE) && !node.equals(REQUEST);
    }

    private @Nullable EffectRecord effectOf(Message.ToolCall call) {
        return ports.effects()
                .find(site, EffectIntent.id(thread.id(), call.id(), call.tool(), call.arguments()))
                .orElse(null);
    }

    /** What the step knew: an answer that came later did not change it. */
    private static String outcome(EffectRecord effect, Message result, List<String> unknown) {
        if (!result.error()) {
            return "succeeded";
        }
        if (unknown.contains(effect.id())) {
            return "unknown";
        }
        return effect.state() == EffectState.NOT_SENT ? "not_sent" : "failed";
    }

    private static String outcome(String node, Message result) {
        if (node.equals(GATE) || (node.equals(SETTLE) && result.error() && Results.isNotUsable(result.text()))) {
            return "refused";
        }
        if (node.equals(REQUEST)) {
            return result.error() ? "failed" : "filed";
        }
        return result.error() ? "failed" : "succeeded";
    }

    private static Journaled journaled(EffectRecord effect) {
        return new Journaled(
                effect.id(), lower(effect.state()), effect.attempts(), effect.dispatchedAt(), effect.endedAt());
    }

    /** Arguments of the calls that the gate has let through, by the calls' ids: in these words they run. */
    private static Map<String, String> planned(JsonNode state) {
        Map<String, String> planned = new HashMap<>();
        for (JsonNode item : state.path("plan").path("items")) {
            planned.put(item.path("callId").asText(), item.path("arguments").asText());
        }
        return planned;
    }

    private List<Touched> approvals(JsonNode before, JsonNode after) {
        Map<String, String> touched = new LinkedHashMap<>();
        List<String> was = texts(before.path(OPEN));
        List<String> is = texts(after.path(OPEN));
        was.stream().filter(id -> !is.contains(id)).forEach(id -> touched.put(id, "settled"));
        is.stream().filter(id -> !was.contains(id)).forEach(id -> touched.put(id, "asked"));
        List<Touched> approvals = new ArrayList<>();
        touched.forEach(
                (id, how) -> ports.approvals().find(id).ifPresent(approval -> approvals.add(touched(approval, how))));
        return approvals;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static Touched touched(Approval approval, String how) {
        return new Touched(
                approval.id(),
                how,
                lower(approval.state()),
                lower(approval.kind()),
                approval.wish().tool(),
                approval.wish().resourceInstance(),
                approval.wish().operation(),
                approval.requestId(),
                approval.reviewer(),
                approval.comment(),
                approval.decidedAt());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
