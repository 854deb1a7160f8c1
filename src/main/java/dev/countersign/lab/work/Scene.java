package dev.countersign.lab.work;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Limits;
import dev.countersign.graph.Outfit;
import dev.countersign.lab.Filing;
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
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The workload's agent: its model answers at once with the texts that belong to the user's newest message, and its tool
 * {@code lookup} with the one that belongs to its arguments. Safe for use by many threads.
 */
final class Scene {
    /** An agent whose tool needs nobody's yes. */
    static final String PLAIN = "plain";
    /** The same, but its tool needs an operation approval. */
    static final String GATED = "gated";

    /** At Permit, on which approvals are asked for; the emulator's family may. */
    private static final String INSTANCE = "3";

    private static final String LOOKUP = "lookup";
    private static final String FILE = "create_operation_approval";

    private final Permit permit;
    private final boolean effects;
    private final Runnable atTool;
    private final Map<String, Place> places = new ConcurrentHashMap<>();

    private record Place(int thread, int turn) {}

    /**
     * A scene.
     *
     * @param effects whether the tool counts as one that changes something, so that each call goes through the journal
     * @param atTool runs when the tool is entered
     */
    Scene(Permit permit, boolean effects, Runnable atTool) {
        this.permit = permit;
        this.effects = effects;
        this.atTool = atTool;
    }

    /** What the user says in that turn; the model and the tool then know which turn it is. */
    String user(int thread, int turn) {
        String text = Payload.user(thread, turn);
        Place place = new Place(thread, turn);
        places.put(text, place);
        places.put(query(thread, turn), place);
        return text;
    }

    private static String query(int thread, int turn) {
        return Json.read(Payload.arguments(thread, turn)).path("query").asText();
    }

    /** Forgets that turn, which is over. */
    void over(int thread, int turn) {
        places.remove(Payload.user(thread, turn));
        places.remove(query(thread, turn));
    }

    List<Outfit> outfits() {
        return List.of(outfit(PLAIN, List.of(), List.of()), outfit(GATED, requests(), approvals()));
    }

    private static List<RequestRule> requests() {
        return List.of(new RequestRule(FILE, RequestKind.OPERATION, Duration.ofDays(1)));
    }

    private static List<ApprovalRule> approvals() {
        return List.of(new ApprovalRule(
                LOOKUP, FILE, INSTANCE, "lookup: {query}", "Look up {query} for turn {turn}", Duration.ofDays(30)));
    }

    private Outfit outfit(String name, List<RequestRule> requests, List<ApprovalRule> approvals) {
        ToolPolicy policy = new ToolPolicy(Map.of(ToolPolicy.ALL, Set.of(LOOKUP, FILE)), requests, approvals);
        AgentDefinition agent = new AgentDefinition(
                name, name, "You look things up.", Optional.empty(), List.of(), policy, Limits.DEFAULTS, name);
        return new Outfit(agent, new Model(), new Tools());
    }

    private Place place(String text) {
        return Objects.requireNonNull(places.get(text), "a text that no turn of the workload has");
    }

    private final class Model implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            List<ChatMessage> messages = request.messages();
            boolean called = false;
            int i = messages.size() - 1;
            while (!(messages.get(i) instanceof UserMessage)) {
                called |= messages.get(i) instanceof ToolExecutionResultMessage;
                i--;
            }
            Place place = place(((UserMessage) messages.get(i)).singleText());
            return ChatResponse.builder()
                    .aiMessage(answer(place, called, messages))
                    .build();
        }

        private AiMessage answer(Place place, boolean called, List<ChatMessage> messages) {
            if (!called) {
                return AiMessage.from(
                        Payload.call(place.thread, place.turn),
                        List.of(ToolExecutionRequest.builder()
                                .id("call_" + place.thread + "_" + place.turn)
                                .name(LOOKUP)
                                .arguments(Payload.arguments(place.thread, place.turn))
                                .build()));
            }
            String result = Payload.result(place.thread, place.turn);
            boolean looked = messages.get(messages.size() - 1) instanceof ToolExecutionResultMessage last
                    && last.text().contains(result);
            return AiMessage.from(looked ? Payload.answer(place.thread, place.turn) : "It waits for a reviewer.");
        }
    }

    private final class Tools implements ToolClient {
        /** As of a server that was asked for them once. */
        private final List<ToolInfo> offered = List.of(lookup(), file());

        @Override
        public List<ToolInfo> tools() {
            return offered;
        }

        private ToolInfo lookup() {
            return tool(
                    LOOKUP,
                    JsonObjectSchema.builder()
                            .addStringProperty("query")
                            .addIntegerProperty("turn")
                            .addIntegerProperty("limit")
                            .required("query", "turn", "limit"),
                    !effects);
        }

        private ToolInfo file() {
            return tool(
                    FILE,
                    JsonObjectSchema.builder()
                            .addStringProperty("resource_instance")
                            .addStringProperty("operation")
                            .addStringProperty("reason")
                            .required("resource_instance", "operation", "reason"),
                    false);
        }

        private ToolInfo tool(String name, JsonObjectSchema.Builder schema, boolean readOnly) {
            ToolSpecification specification = ToolSpecification.builder()
                    .name(name)
                    .description(name)
                    .parameters(schema.additionalProperties(false).build())
                    .build();
            return new ToolInfo("work", specification, readOnly, readOnly);
        }

        @Override
        public ToolOutcome call(ToolInvocation invocation) {
            if (invocation.tool().equals(LOOKUP)) {
                atTool.run();
                Place place =
                        place(Json.read(invocation.arguments()).path("query").asText());
                return new ToolOutcome.Succeeded(Payload.result(place.thread, place.turn));
            }
            return Filing.operation(permit, invocation);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
