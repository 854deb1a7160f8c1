package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.model.Progress.State;
import dev.countersign.model.Transcript.Step;
import dev.countersign.model.Wish.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts results into plain words, from their JSON alone. What a tool wrote is quoted, never obeyed. */
final class Narrator {
    static final String HELLO = "I am the offline demo model: rules and example phrases, no network.";
    private static final List<String> TITLES = List.of("name", "title", "label");
    private static final Set<String> QUIET =
            Set.of("page", "per_page", "page_count", "has_more", "total", "total_count", "reference", "you_may_decide");

    /** Words for "here is a list" that tell a reader nothing. */
    private static final Set<String> PLAIN_LISTS = Set.of("data", "items", "results", "result");

    /** What a thing carries for programs, beside its name. */
    private static final Set<String> TECHNICAL = Set.of("id", "attributes", "metadata", "resource");

    private static final int ROWS_MAX = 50;
    private static final int TEXT_MAX_CHARS = 2_000;

    private Narrator() {}

    /** {@code list_open_tickets} as words. */
    static String plain(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").replace('_', ' ').toLowerCase(Locale.ROOT);
    }

    /** The end of a turn: what became of each wish. */
    static String tell(List<State> states) {
        if (states.size() == 1) {
            return one(states.get(0));
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            lines.add((i + 1) + ". " + plain(states.get(i).wish().tool()) + ": " + one(states.get(i)));
        }
        return String.join("\n", lines);
    }

    private static String one(State state) {
        Step step = state.step();
        if (step == null) {
            return question(state.wish());
        }
        String decided = state.decision() == null ? "" : decision(state.decision()) + "\n";
        return switch (state.stage()) {
            case NEEDS_ANSWER -> refused(step) + " " + remedyQuestion(step);
            case WAITING -> waiting(step);
            case DENIED, APPROVED, NEXT -> decision(step);
            case FAILED -> decided + refused(step);
            case DONE -> decided + result(step);
            case INCOMPLETE, NOT_STARTED -> question(state.wish());
        };
    }

    private static String question(Wish wish) {
        Missing missing = wish.missing().get(0);
        if (missing.slot().equals(SlotName.REASON)) {
            return "For what reason? I pass on your own words, so please tell me why you want it.";
        }
        String which = missing.slot().equals(SlotName.ID)
                ? "Which " + plain(missing.parameter()) + "?"
                : "Which " + plain(missing.slot()) + " do you mean?";
        return missing.choices().isEmpty() ? which : which + " " + String.join(", ", missing.choices()) + "?";
    }

    private static String refused(Step step) {
        String message = step.result().path("message").asText("");
        return message.isEmpty() ? "That did not work: " + cut(step.text()) : cut(message);
    }

    private static String remedyQuestion(Step step) {
        return Remedy.of(step.result())
                .map(remedy -> "I can ask for permission (" + plain(remedy.tool()) + "). Please tell me the "
                        + remedy.askUserFor().stream().map(Narrator::plain).collect(Collectors.joining(" and the "))
                        + ", in your own words.")
                .orElse("");
    }

    private static String waiting(Step step) {
        String id = requestId(step.result());
        return "I have asked for permission" + (id.isEmpty() ? "" : " (request " + id + ")")
                + ". It now waits for a reviewer; I go on as soon as it is decided."
                + (step.result().isMissingNode() ? " " + cut(step.text()) : "");
    }

    private static String requestId(JsonNode result) {
        if (result.path("request_id").isTextual()) {
            return result.path("request_id").asText();
        }
        for (JsonNode part : result) {
            if (part.path("id").isTextual()) {
                return part.path("id").asText();
            }
        }
        return result.path("id").asText("");
    }

    static String decision(Step step) {
        JsonNode result = step.result();
        String status = result.path("status").asText("decided");
        String reviewer = result.path("reviewer").asText("");
        String comment = result.path("comment").asText("");
        return "Request " + step.requestId() + " was " + status + (reviewer.isEmpty() ? "" : " by " + reviewer)
                + (comment.isEmpty() ? "." : ": \"" + cut(comment) + "\".");
    }

    private static String result(Step step) {
        JsonNode result = step.result();
        if (result.isMissingNode() || result.isValueNode()) {
            return cut(step.text());
        }
        List<String> lines = new ArrayList<>();
        if (result.isArray()) {
            rows(result, lines);
        } else {
            object(result, lines);
        }
        return lines.isEmpty() ? "Done: " + plain(step.call().tool()) + "." : String.join("\n", lines);
    }

    private static void object(JsonNode result, List<String> lines) {
        if (outcome(result, lines)) {
            return;
        }
        List<String> scalars = new ArrayList<>();
        result.properties().forEach(entry -> {
            if (entry.getValue().isValueNode() && !entry.getValue().isNull() && !QUIET.contains(entry.getKey())) {
                scalars.add(plain(entry.getKey()) + " " + value(entry.getKey(), entry.getValue()));
            }
        });
        if (!scalars.isEmpty()) {
            lines.add(String.join(", ", scalars) + ".");
        }
        result.properties().forEach(entry -> {
            JsonNode part = entry.getValue();
            if (part.isObject()) {
                lines.add(plain(entry.getKey()) + ": " + row(part));
            } else if (part.isArray()) {
                if (part.isEmpty()) {
                    lines.add(
                            PLAIN_LISTS.contains(entry.getKey())
                                    ? "There are none."
                                    : plain(entry.getKey()) + ": none");
                } else if (!PLAIN_LISTS.contains(entry.getKey())) {
                    lines.add(plain(entry.getKey()) + ":");
                }
                rows(part, lines);
            }
        });
    }

    /** {@code {"status":"ordered","order":{…}}}: what was done, and to what, in one sentence. */
    private static boolean outcome(JsonNode result, List<String> lines) {
        String status = result.path("status").asText("");
        if (result.size() != 2 || status.isEmpty()) {
            return false;
        }
        Map.Entry<String, JsonNode> thing = result.properties().stream()
                .filter(entry -> !entry.getKey().equals("status"))
                .findFirst()
                .orElseThrow();
        if (!thing.getValue().isObject() || thing.getValue().isEmpty()) {
            return false;
        }
        ObjectNode facts = thing.getValue().deepCopy();
        String id = facts.path("id").asText("");
        facts.remove(List.of("id", "status"));
        facts.properties()
                .removeIf(fact -> fact.getKey().endsWith("_at") || fact.getKey().endsWith("_id"));
        String noun = plain(thing.getKey());
        boolean told = status.startsWith(noun);
        String kind = told ? "" : noun + (id.isEmpty() ? "" : " " + id) + (facts.isEmpty() ? "" : ", ");
        lines.add(plain(status).substring(0, 1).toUpperCase(Locale.ROOT)
                + plain(status).substring(1) + ": " + kind + row(facts) + ".");
        return true;
    }

    private static void rows(JsonNode rows, List<String> lines) {
        int shown = 0;
        for (JsonNode row : rows) {
            if (shown++ == ROWS_MAX) {
                lines.add("… and " + (rows.size() - ROWS_MAX) + " more");
                return;
            }
            lines.add("- " + (row.isObject() ? row(row) : row.asText()));
        }
    }

    private static String row(JsonNode row) {
        String title = TITLES.stream()
                .map(name -> row.path(name).asText(""))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        List<String> rest = new ArrayList<>();
        row.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode part = entry.getValue();
            boolean said = TITLES.contains(name) && part.asText().equals(title);
            boolean technical = !title.isEmpty() && TECHNICAL.contains(name);
            boolean named = row.path(name + "_name").isTextual();
            if (said || technical || named || QUIET.contains(name) || part.isNull()) {
                return;
            }
            if (part.isValueNode() && !part.asText().isEmpty()) {
                rest.add(plain(name.replaceAll("_name$", "")) + " " + value(name, part));
            } else if (part.isObject() && !part.isEmpty()) {
                rest.add(plain(name) + " " + nested(part));
            }
        });
        String details = String.join(", ", rest);
        return title.isEmpty() ? details : details.isEmpty() ? title : title + " (" + details + ")";
    }

    /** A thing inside a thing: its name alone, where it has one. */
    private static String nested(JsonNode part) {
        return TITLES.stream()
                .map(name -> part.path(name).asText(""))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseGet(() -> row(part));
    }

    private static String value(String name, JsonNode value) {
        boolean money =
                value.isNumber() && (name.contains("price") || name.contains("amount") || name.contains("total"));
        String text = money ? String.format(Locale.ROOT, "%.2f", value.asDouble()) : cut(value.asText());
        return name.endsWith("_at") ? text.replaceAll("T(\\d\\d:\\d\\d):\\d\\d(\\.\\d+)?Z$", " $1 UTC") : text;
    }

    private static String cut(String text) {
        return text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS) + "…";
    }
}
