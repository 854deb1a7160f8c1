package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What may be changed about an agent while its threads are parked. */
enum Change {
    NOTHING,
    PROMPT,
    LIMITS,
    /** Other words about the tool and its argument, and one more argument that may be given. */
    SCHEMA_WORDS,
    /** The tool takes one argument more, and has to. */
    SCHEMA_FITS_NOT,
    /** What was approved still fits, and means something else. */
    SCHEMA_READS_OTHERWISE,
    TOOL_REMOVED,
    TOOL_ELSEWHERE,
    /** The child's roles no longer open the tool. */
    ROLE_LIST,
    /** The same call would be asked for as another operation. */
    APPROVAL_POLICY,
    APPROVAL_DROPPED,
    NODE_RENAMED,
    FORMAT,
    AGENT_GONE;

    String agent() {
        return "agent-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The agent as it is before. */
    AgentDefinition before() {
        return agent("You help {user}.", Limits.DEFAULTS, policy(true, "drop_thing: {name}", true));
    }

    AgentDefinition after() {
        return switch (this) {
            case PROMPT -> agent("You hinder {user}.", Limits.DEFAULTS, before().policy());
            case LIMITS ->
                agent(
                        before().prompt(),
                        new Limits(3, 7, Duration.ofMinutes(1), Duration.ofMinutes(2), 9, 700, 2),
                        before().policy());
            case ROLE_LIST -> agent(before().prompt(), Limits.DEFAULTS, policy(false, "drop_thing: {name}", true));
            case APPROVAL_POLICY ->
                agent(before().prompt(), Limits.DEFAULTS, policy(true, "drop_thing for good: {name}", true));
            case APPROVAL_DROPPED ->
                agent(before().prompt(), Limits.DEFAULTS, policy(true, "drop_thing: {name}", false));
            default -> before();
        };
    }

    private AgentDefinition agent(String prompt, Limits limits, ToolPolicy policy) {
        return new AgentDefinition(
                agent(), agent(), prompt, Optional.empty(), List.of(), policy, limits, "print of " + prompt);
    }

    private static ToolPolicy policy(boolean childDrops, String operation, boolean gated) {
        List<RequestRule> requests = List.of(
                new RequestRule("create_access_request", RequestKind.ACCESS, Duration.ofDays(7)),
                new RequestRule("create_operation_approval", RequestKind.OPERATION, Duration.ofDays(1)));
        ApprovalRule rule = new ApprovalRule(
                "drop_thing",
                "create_operation_approval",
                "{name}",
                operation,
                "Drop the thing {name}",
                Duration.ofDays(1));
        Set<String> child =
                Set.of("create_access_request", "create_operation_approval", childDrops ? "drop_thing" : "x");
        return new ToolPolicy(
                Map.of("child-can-view", child, "parent", Set.of("*")), requests, gated ? List.of(rule) : List.of());
    }

    /** Changes what the servers offer. */
    void apply(ScriptedTools tools) {
        switch (this) {
            case SCHEMA_WORDS ->
                schema(tools, schema -> {
                    argument(schema).put("description", "what is to be dropped, in other words");
                    ((ObjectNode) schema.path("properties"))
                            .set("softly", Json.object().put("type", "boolean"));
                    return schema;
                });
            case SCHEMA_FITS_NOT ->
                tools.add("drop_thing", false, List.of("name", "why"), call -> {
                    throw new AssertionError("called with " + call.arguments());
                });
            case SCHEMA_READS_OTHERWISE ->
                schema(tools, schema -> {
                    argument(schema).put("maxLength", 40);
                    return schema;
                });
            case TOOL_REMOVED -> tools.remove("drop_thing");
            case TOOL_ELSEWHERE -> {
                ToolInfo was = tools.info("drop_thing");
                tools.put(new ToolInfo("others", was.specification(), false, false, was.inputSchema()));
            }
            default -> {}
        }
    }

    private static ObjectNode argument(ObjectNode schema) {
        return (ObjectNode) schema.path("properties").path("name");
    }

    private static void schema(ScriptedTools tools, UnaryOperator<ObjectNode> change) {
        ToolInfo was = tools.info("drop_thing");
        JsonNode schema = change.apply(was.inputSchema().deepCopy());
        tools.put(new ToolInfo(was.server(), was.specification(), false, false, schema));
    }

    /** What is to be expected of a thread with a bound call. */
    Fit.Verdict ofBoundCall(boolean child) {
        return switch (this) {
            case NOTHING, PROMPT, LIMITS, SCHEMA_WORDS, APPROVAL_DROPPED -> Fit.Verdict.RESUMES;
            case SCHEMA_FITS_NOT, SCHEMA_READS_OTHERWISE, TOOL_ELSEWHERE, APPROVAL_POLICY ->
                Fit.Verdict.NEEDS_REAPPROVAL;
            case TOOL_REMOVED, AGENT_GONE -> Fit.Verdict.FINISH_ON_OLD;
            case ROLE_LIST -> child ? Fit.Verdict.FINISH_ON_OLD : Fit.Verdict.RESUMES;
            case NODE_RENAMED, FORMAT -> Fit.Verdict.NEEDS_MIGRATION;
        };
    }

    /** What is to be expected of a thread that waits for nothing but a request that its model filed. */
    Fit.Verdict ofRequest() {
        return switch (this) {
            case NODE_RENAMED, FORMAT, AGENT_GONE -> ofBoundCall(true);
            default -> Fit.Verdict.RESUMES;
        };
    }
}
