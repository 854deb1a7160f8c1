package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.graph.Notes;
import dev.countersign.graph.Results;
import dev.countersign.thread.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts together what a step saw: from its notes, and from what came of it where that tells as much. */
final class Sight {
    private static final String MODEL = "model";
    private static final String REQUEST = "request";
    private static final String GATE = "gate";

    private final String node;
    private final List<String> notes;
    private final List<Message> added;

    /**
     * @param notes the step's own
     * @param added the messages that it added
     */
    Sight(String node, List<String> notes, List<Message> added) {
        this.node = node;
        this.notes = notes;
        this.added = added;
    }

    /** Whether a model's answer stands here of which it is not known what it was an answer to. */
    boolean isUnnoted() {
        boolean called = added.stream().anyMatch(message -> !message.calls().isEmpty());
        return node.equals(MODEL) && called && note(Notes.ASKED) == null;
    }

    /** @param summary what the step's state says of the messages before its window */
    Seen seen(long lapMillis, String summary) {
        String roles = note(Notes.ROLES);
        return new Seen(
                note(Notes.SETTING),
                note(Notes.NO_TOOLS),
                roles == null ? null : texts(roles),
                note(Notes.NO_ROLES),
                notes.contains(Notes.CANCELED) ? Boolean.TRUE : null,
                lapMillis,
                note(Notes.ASKED),
                answer(),
                note(Notes.NO_ANSWER),
                summed(summary),
                ends(),
                filings(),
                pairs(Notes.WITHDRAWN),
                pairs(Notes.GRANT));
    }

    /** Approvals that a step's calls began, with those calls. */
    static Map<String, String> approvals(List<String> notes) {
        Map<String, String> calls = new HashMap<>();
        new Sight("", notes, List.of()).pairs(Notes.APPROVAL).forEach((call, approval) -> calls.put(approval, call));
        return calls;
    }

    private @Nullable String note(String word) {
        return notes.stream()
                .filter(note -> note.startsWith(word))
                .map(note -> note.substring(word.length()))
                .findFirst()
                .orElse(null);
    }

    private Map<String, String> pairs(String word) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String note : notes) {
            int equals = note.indexOf('=');
            if (note.startsWith(word) && equals > 0) {
                pairs.put(note.substring(word.length(), equals), note.substring(equals + 1));
            }
        }
        return pairs;
    }

    private static List<String> texts(String json) {
        List<String> texts = new ArrayList<>();
        Json.read(json).forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private Seen.@Nullable Words answer() {
        if (!node.equals(MODEL) || note(Notes.ASKED) == null || note(Notes.NO_ANSWER) != null || added.isEmpty()) {
            return null;
        }
        Message message = added.get(0);
        List<Seen.Call> calls = new ArrayList<>();
        message.calls().forEach(call -> calls.add(new Seen.Call(call.tool(), call.arguments())));
        return new Seen.Words(message.text(), calls);
    }

    private Seen.@Nullable Summed summed(String summary) {
        String asked = note(Notes.SUMMED);
        String failure = note(Notes.NOT_SUMMED);
        return asked == null ? null : new Seen.Summed(asked, failure == null ? summary : null, failure);
    }

    private List<Seen.End> ends() {
        List<Seen.End> ends = new ArrayList<>();
        if (node.equals(GATE) || node.equals(REQUEST)) {
            return ends;
        }
        Map<String, String> words = pairs(Notes.OUTCOME);
        for (Message message : added) {
            String call = message.callId();
            String tool = message.tool();
            if (call == null || tool == null) {
                continue;
            }
            if (Results.isSynthetic(tool)) {
                again(message, words).ifPresent(ends::add);
            } else {
                ends.add(new Seen.End(call, tool, words.getOrDefault(call, word(message)), message.text()));
            }
        }
        return ends;
    }

    private static String word(Message result) {
        return result.error() ? "failed" : "succeeded";
    }

    /** A call that was sent once more is told of by a call of another name. */
    private static Optional<Seen.End> again(Message told, Map<String, String> words) {
        JsonNode result = json(told.text());
        String call = result.path("call_id").asText();
        String status = result.path("status").asText();
        boolean sent = status.equals("retried") || status.equals("not_sent") || words.containsKey(call);
        if (!sent) {
            return Optional.empty();
        }
        return Optional.of(new Seen.End(
                call,
                result.path("tool").asText(),
                words.getOrDefault(call, word(told)),
                result.path("outcome").asText()));
    }

    private List<Seen.Filed> filings() {
        List<Seen.Filed> filings = new ArrayList<>();
        if (!node.equals(REQUEST)) {
            return filings;
        }
        for (Message message : added) {
            String call = String.valueOf(message.callId());
            JsonNode id = json(message.text()).path("request_id");
            filings.add(
                    message.error()
                            ? new Seen.Filed(call, null, message.text())
                            : new Seen.Filed(call, id.isTextual() ? id.asText() : null, null));
        }
        return filings;
    }

    private static JsonNode json(String text) {
        try {
            return Json.read(text);
        } catch (CountersignException e) {
            return Json.object();
        }
    }
}
