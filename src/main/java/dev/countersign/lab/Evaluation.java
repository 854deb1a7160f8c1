package dev.countersign.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures how well a model routes: each line is a fresh conversation, and the first call that is not a preparatory listing is
 * scored. Listings really run, since names come from them; the scored call does not, so nothing is changed by measuring.
 * Works for every model. Not safe for use by several threads at once.
 */
public final class Evaluation {
    private static final int PREPARATIONS_MAX = 4;

    private final ChatModel model;
    private final Host host;
    private final String preparatory;
    private final Map<String, Map<String, String>> names = new HashMap<>();

    /** Where the tools are. */
    public interface Host {
        /** The tools this user's role is offered. */
        List<ToolSpecification> tools(String user);

        /** What stands before the user's first words: the agent's prompt. */
        List<ChatMessage> opening(String user);

        /** Calls a read-only tool for this user and returns the text of its result. */
        String call(String user, String tool, String arguments);
    }

    /**
     * How a line went.
     *
     * @param got the scored call, or what the model said instead of calling
     */
    public record Outcome(EvalLine line, boolean hit, String got) {}

    /** How a file went. */
    public record Report(List<Outcome> outcomes) {
        public Report {
            outcomes = List.copyOf(outcomes);
        }

        /** How many lines were routed right. */
        public int hits() {
            return (int) outcomes.stream().filter(Outcome::hit).count();
        }

        /** Each miss, and last the accuracy, such as {@code accuracy 0.970 (65/67)}. */
        public List<String> lines() {
            List<String> lines = new ArrayList<>();
            for (Outcome outcome : outcomes) {
                if (!outcome.hit()) {
                    EvalLine line = outcome.line();
                    lines.add("miss, line " + line.number() + ", " + line.user() + ": " + line.utterance()
                            + "\n  expected " + line.tool() + " " + line.arguments() + "\n  got      " + outcome.got());
                }
            }
            double accuracy = outcomes.isEmpty() ? 0 : (double) hits() / outcomes.size();
            lines.add(String.format(Locale.ROOT, "accuracy %.3f (%d/%d)", accuracy, hits(), outcomes.size()));
            return lines;
        }
    }

    /**
     * @param preparatory the listing tool whose calls do not count unless a line expects one, and whose rows give the names of
     *     keys
     */
    public Evaluation(ChatModel model, Host host, String preparatory) {
        this.model = model;
        this.host = host;
        this.preparatory = preparatory;
    }

    /** Runs all lines, in order. */
    public Report run(List<EvalLine> lines) {
        return new Report(lines.stream().map(this::score).toList());
    }

    private Outcome score(EvalLine line) {
        List<ChatMessage> messages = new ArrayList<>(host.opening(line.user()));
        messages.add(UserMessage.from(line.utterance()));
        for (int i = 0; i <= PREPARATIONS_MAX; i++) {
            AiMessage answer;
            try {
                answer = ask(line, messages);
            } catch (CountersignException e) {
                return new Outcome(line, false, "the model failed: " + e.getMessage());
            }
            boolean listing = line.tool().equals(preparatory);
            Optional<ToolExecutionRequest> scored = answer.toolExecutionRequests().stream()
                    .filter(call -> listing || !call.name().equals(preparatory))
                    .findFirst();
            if (scored.isPresent()) {
                return judged(line, scored.get());
            }
            if (!answer.hasToolExecutionRequests()) {
                return new Outcome(line, line.tool().equals(EvalLine.NONE), "- " + answer.text());
            }
            messages.add(answer);
            answer.toolExecutionRequests()
                    .forEach(call -> messages.add(ToolExecutionResultMessage.from(
                            call, host.call(line.user(), call.name(), call.arguments()))));
        }
        return new Outcome(line, false, "only preparatory calls, " + PREPARATIONS_MAX + " times");
    }

    private AiMessage ask(EvalLine line, List<ChatMessage> messages) {
        return model.chat(ChatRequest.builder()
                        .messages(messages)
                        .toolSpecifications(host.tools(line.user()))
                        .build())
                .aiMessage();
    }

    private Outcome judged(EvalLine line, ToolExecutionRequest call) {
        JsonNode arguments = parse(call.arguments());
        boolean hit = call.name().equals(line.tool());
        for (var expected : line.arguments().properties()) {
            hit &= holds(
                    line.user(),
                    arguments,
                    expected.getKey(),
                    expected.getValue().asText());
        }
        return new Outcome(line, hit, call.name() + " " + call.arguments());
    }

    /** An argument of that very name decides; else some argument must be the value, name it by key, or end with it. */
    private boolean holds(String user, JsonNode arguments, String key, String expected) {
        if (arguments.has(key)) {
            return matches(user, arguments.path(key).asText(), expected);
        }
        if (key.endsWith("_id")) {
            return false;
        }
        for (JsonNode value : arguments) {
            if (matches(user, value.asText(), expected)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(String user, String value, String expected) {
        String named = names(user).getOrDefault(value, value);
        return named.equalsIgnoreCase(expected)
                || value.equalsIgnoreCase(expected)
                || value.toLowerCase(Locale.ROOT).endsWith(": " + expected.toLowerCase(Locale.ROOT));
    }

    private Map<String, String> names(String user) {
        return names.computeIfAbsent(user, who -> {
            Map<String, String> byKey = new HashMap<>();
            JsonNode result = parse(host.call(who, preparatory, "{}"));
            Iterable<JsonNode> rows = result;
            for (JsonNode part : result) {
                rows = part.isArray() && !result.isArray() ? part : rows;
            }
            for (JsonNode row : rows) {
                String name = row.path("name")
                        .asText(row.path("attributes").path("name").asText(""));
                if (!name.isEmpty()) {
                    byKey.put(row.path("key").asText(row.path("id").asText()), name);
                    byKey.put(row.path("id").asText(row.path("key").asText()), name);
                }
            }
            return byKey;
        });
    }

    private static JsonNode parse(String text) {
        try {
            return Json.read(text);
        } catch (CountersignException e) {
            return MissingNode.getInstance();
        }
    }
}
