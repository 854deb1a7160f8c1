package dev.countersign.lab;

import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Limits;
import dev.countersign.graph.Outfit;
import dev.countersign.permit.Permit;
import dev.countersign.permit.RequestKind;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import dev.countersign.tool.ToolPolicy;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An agent for measurements: whatever it is told, it wants to drop a thing, which needs an operation approval. Model and tools
 * answer at once.
 */
final class Gated {
    static final String NAME = "gated";
    private static final String DROP = "drop";
    private static final String FILE = "create_operation_approval";
    /** An instance on which the emulator's family may file and review. */
    static final String INSTANCE = "3";

    private Gated() {}

    /**
     * The agent.
     *
     * @param permit where its requests are filed
     * @param dispatched hears, on a turn's thread, the user whose effect is being sent
     */
    static Outfit outfit(Permit permit, Consumer<String> dispatched) {
        ToolPolicy policy = new ToolPolicy(
                Map.of(ToolPolicy.ALL, Set.of(DROP, FILE)),
                List.of(new RequestRule(FILE, RequestKind.OPERATION, Duration.ofDays(1))),
                List.of(new ApprovalRule(
                        DROP, FILE, INSTANCE, "drop: {name}", "Drop the thing {name}", Duration.ofDays(30))));
        AgentDefinition agent = new AgentDefinition(
                NAME, "Gated", "You drop things.", Optional.empty(), List.of(), policy, Limits.DEFAULTS, "gated");
        return new Outfit(agent, new Eager(), new Tools(permit, dispatched));
    }

    /** Calls the tool for a user's message, and has a word for everything else. */
    private static final class Eager implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            List<ChatMessage> messages = request.messages();
            boolean asked = messages.get(messages.size() - 1) instanceof UserMessage;
            AiMessage answer = asked
                    ? AiMessage.from(ToolExecutionRequest.builder()
                            .id("1")
                            .name(DROP)
                            .arguments("{\"name\":\"thing\"}")
                            .build())
                    : AiMessage.from("so be it");
            return ChatResponse.builder().aiMessage(answer).build();
        }
    }

    private record Tools(Permit permit, Consumer<String> dispatched) implements ToolClient {
        @Override
        public List<ToolInfo> tools() {
            return List.of(tool(DROP, "name"), tool(FILE, "resource_instance", "operation", "reason"));
        }

        private static ToolInfo tool(String name, String... parameters) {
            JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
            List.of(parameters).forEach(schema::addStringProperty);
            ToolSpecification specification = ToolSpecification.builder()
                    .name(name)
                    .description(name)
                    .parameters(schema.required(parameters)
                            .additionalProperties(false)
                            .build())
                    .build();
            return new ToolInfo("bench", specification, false, false);
        }

        @Override
        public ToolOutcome call(ToolInvocation invocation) {
            if (invocation.tool().equals(DROP)) {
                dispatched.accept(invocation.user().user());
                return new ToolOutcome.Succeeded("{\"dropped\":true}");
            }
            return Filing.operation(permit, invocation);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
