package dev.countersign.graph;

import dev.countersign.permit.RequestKind;
import dev.countersign.thread.Message;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.UserRoles;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the gate decides about one call, roles and catalogue at hand. */
@State(Scope.Thread)
public class JudgingBench {
    private static final String READ = "read";
    private static final String DROP = "drop";
    private static final String FILE = "create_operation_approval";

    private final Judging judging = Judging.of(new AgentDefinition(
            "bench",
            "Bench",
            "You drop things.",
            Optional.empty(),
            List.of(),
            new ToolPolicy(
                    Map.of(ToolPolicy.ALL, Set.of(READ, DROP, FILE)),
                    List.of(new RequestRule(FILE, RequestKind.OPERATION, Duration.ofDays(1))),
                    List.of(new ApprovalRule(
                            DROP, FILE, "3", "drop: {name}", "Drop the thing {name}", Duration.ofDays(30)))),
            Limits.DEFAULTS,
            "bench"));
    private final Judging.Circumstance now = new Judging.Circumstance(
            false,
            () -> new UserRoles.Known(Set.of("user")),
            List.of(tool(READ, "name"), tool(DROP, "name"), tool(FILE, "resource_instance", "operation", "reason")));
    private final Message.ToolCall plain = new Message.ToolCall("1", READ, "{\"name\":\"thing\"}");
    private final Message.ToolCall gated = new Message.ToolCall("2", DROP, "{\"name\":\"thing\"}");
    private final Message.ToolCall unknown = new Message.ToolCall("3", "erase", "{}");

    private static ToolInfo tool(String name, String... parameters) {
        JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
        List.of(parameters).forEach(schema::addStringProperty);
        ToolSpecification specification = ToolSpecification.builder()
                .name(name)
                .description(name)
                .parameters(
                        schema.required(parameters).additionalProperties(false).build())
                .build();
        return new ToolInfo("bench", specification, name.equals(READ), false);
    }

    /** A call that may run. */
    @Benchmark
    public Object runs() {
        return judging.judge(now, plain, 0);
    }

    /** One that needs an approval. */
    @Benchmark
    public Object asks() {
        return judging.judge(now, gated, 0);
    }

    /** One of a tool that is not there. */
    @Benchmark
    public Object refuses() {
        return judging.judge(now, unknown, 0);
    }
}
