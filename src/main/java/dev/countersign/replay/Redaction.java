package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Rerun;
import dev.countersign.graph.Results;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.tool.ApprovalRule;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes the texts out of what went into a recording: every word of users, models, tools, reviewers and agent files becomes another
 * of the same length, the same for the same. What stays: ids of threads, steps, approvals and requests, times, names of nodes, tools,
 * roles and fields that a tool's schema has, and numbers among a call's arguments. What came of it is not masked but made anew: see
 * {@link Rehearsal}. Used once, by one thread.
 */
final class Redaction {
    /** What a prompt and an agent's templates have filled in. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[A-Za-z_][A-Za-z0-9_]*\\}");

    private static final Set<String> TEXTS_OF_SCHEMAS =
            Set.of("description", "title", "examples", "$comment", "pattern");
    private static final Set<String> VALUES_OF_SCHEMAS = Set.of("enum", "const", "default");
    private static final String REFUSED = "refused:";

    private final Mask mask = new Mask(new SecureRandom());
    private final Set<String> tools = new HashSet<>();
    private final Set<String> fields = new HashSet<>();
    private final Map<String, String> names = new HashMap<>();

    /** The recording with other words in what went into it, and with what came of it as it was. */
    Recording inputs(Recording recording) {
        recording.settings().values().forEach(this::learn);
        Map<String, Circumstances> settings = new TreeMap<>();
        recording.settings().forEach((digest, setting) -> {
            Circumstances masked = masked(setting);
            String name = Digest.of(masked.json()).substring(0, digest.length());
            names.put(digest, name);
            settings.put(name, masked);
        });
        Recording.Subject subject = recording.thread();
        List<Recording.Stride> steps = new ArrayList<>();
        for (Recording.Stride step : recording.steps()) {
            boolean given = steps.isEmpty() && recording.isFork();
            List<Message> messages =
                    given ? step.messages().stream().map(this::masked).toList() : step.messages();
            Map<String, Object> state = given ? Rerun.summarising(step.state(), mask::text) : step.state();
            steps.add(new Recording.Stride(
                    step.id(), step.node(), step.next(), step.at(), masked(step.seen()), state, messages));
        }
        return new Recording(
                new Recording.Subject(subject.id(), mask.text(subject.owner()), subject.agent(), subject.kind()),
                settings,
                recording.events().stream().map(this::masked).toList(),
                recording.approvals().stream().map(this::masked).toList(),
                steps);
    }

    private void learn(Circumstances setting) {
        for (Circumstances.Tool tool : setting.tools()) {
            tools.add(tool.name());
            tool.schema()
                    .findValues("properties")
                    .forEach(names -> names.fieldNames().forEachRemaining(fields::add));
        }
    }

    private @Nullable String text(@Nullable String text) {
        return text == null ? null : mask.text(text);
    }

    private Circumstances masked(Circumstances setting) {
        return new Circumstances(
                mask.textBut(setting.prompt(), PLACEHOLDER),
                setting.allowed(),
                setting.requests(),
                setting.approvals().stream().map(this::masked).toList(),
                setting.limits(),
                setting.tools().stream().map(this::masked).toList());
    }

    private ApprovalRule masked(ApprovalRule rule) {
        return new ApprovalRule(
                rule.tool(),
                rule.filingTool(),
                mask.textBut(rule.resourceInstance(), PLACEHOLDER),
                mask.textBut(rule.operation(), PLACEHOLDER),
                mask.textBut(rule.reason(), PLACEHOLDER),
                rule.waiting());
    }

    private Circumstances.Tool masked(Circumstances.Tool tool) {
        return new Circumstances.Tool(
                tool.server(),
                tool.name(),
                mask.text(tool.description()),
                tool.readOnly(),
                tool.idempotent(),
                schema(tool.schema()));
    }

    /** Words that people read, and values that a call may have: as the values of the calls themselves. */
    private JsonNode schema(JsonNode schema) {
        if (schema instanceof ArrayNode list) {
            ArrayNode masked = Json.array();
            list.forEach(item -> masked.add(schema(item)));
            return masked;
        }
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode masked = Json.object();
        object.properties().forEach(entry -> {
            boolean words = TEXTS_OF_SCHEMAS.contains(entry.getKey())
                    && !entry.getValue().isObject();
            boolean values = VALUES_OF_SCHEMAS.contains(entry.getKey());
            masked.set(entry.getKey(), words || values ? value(entry.getValue()) : schema(entry.getValue()));
        });
        return masked;
    }

    private JsonNode value(JsonNode value) {
        return value instanceof TextNode text
                ? TextNode.valueOf(mask.text(text.asText()))
                : Json.read(mask.json(Json.write(value), fields));
    }

    private Recording.Happening masked(Recording.Happening event) {
        return event.kind() == EventKind.MESSAGE
                ? new Recording.Happening(event.seq(), event.kind(), mask.text(event.body()), event.at(), null)
                : event;
    }

    private Recording.Asked masked(Recording.Asked asked) {
        return new Recording.Asked(
                asked.id(),
                asked.call(),
                asked.state(),
                text(asked.reviewer()),
                text(asked.comment()),
                asked.decidedAt());
    }

    private Seen masked(Seen seen) {
        Map<String, String> grants = new TreeMap<>();
        seen.grants()
                .forEach((approval, what) -> grants.put(
                        approval,
                        what.startsWith(REFUSED) ? REFUSED + mask.text(what.substring(REFUSED.length())) : what));
        return new Seen(
                seen.setting() == null ? null : names.get(seen.setting()),
                text(seen.noTools()),
                seen.roles(),
                text(seen.noRoles()),
                seen.canceled(),
                seen.lapMillis(),
                seen.asked(),
                masked(seen.answer()),
                text(seen.noAnswer()),
                masked(seen.summed()),
                seen.ends().stream()
                        .map(end -> new Seen.End(end.call(), tool(end.tool()), end.word(), mask.text(end.text())))
                        .toList(),
                seen.filings().stream()
                        .map(filed -> new Seen.Filed(filed.call(), filed.requestId(), text(filed.error())))
                        .toList(),
                seen.withdrawn(),
                grants);
    }

    private Seen.@Nullable Summed masked(Seen.@Nullable Summed summed) {
        return summed == null ? null : new Seen.Summed(summed.asked(), text(summed.text()), text(summed.failure()));
    }

    private Seen.@Nullable Words masked(Seen.@Nullable Words answer) {
        return answer == null
                ? null
                : new Seen.Words(
                        mask.text(answer.text()),
                        answer.calls().stream()
                                .map(call -> new Seen.Call(tool(call.tool()), mask.json(call.arguments(), fields)))
                                .toList());
    }

    /** What a fork begins with. */
    private Message masked(Message message) {
        return new Message(
                message.role(),
                mask.text(message.text()),
                message.calls().stream()
                        .map(call ->
                                new Message.ToolCall(call.id(), tool(call.tool()), mask.json(call.arguments(), fields)))
                        .toList(),
                message.callId(),
                message.tool() == null ? null : tool(message.tool()),
                message.error(),
                message.at());
    }

    /** A name that no tool has is a model's own word. */
    private String tool(String name) {
        return tools.contains(name) || Results.isSynthetic(name) ? name : mask.text(name);
    }
}
