package dev.countersign.lab;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Limits;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.thread.ThreadKind;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * How long a turn takes as its thread grows: each turn is a message of about 500 characters, one effect through the journal and
 * an answer, in one thread over the real store, with a model that answers at once. It measures and asserts nothing.
 */
public final class TurnBench {
    static final Principal USER = new Principal("henry");
    static final String FILLER = "x".repeat(480);

    private final Ports ports;

    /** A bench over ports whose Permit knows the user henry with a role. */
    public TurnBench(Ports ports) {
        this.ports = ports;
    }

    /** The times of turns, in milliseconds, in order. */
    public record Times(List<Double> millis) {
        public Times {
            millis = List.copyOf(millis);
        }

        /** The median over turns {@code from} to {@code to}, both counted from 1 and included. */
        public double median(int from, int to) {
            List<Double> part = millis.subList(from - 1, to).stream().sorted().toList();
            return part.get(part.size() / 2);
        }
    }

    /** Runs that many turns in one new thread. */
    public Times run(int turns) throws InterruptedException {
        Pace pace = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30), 2);
        try (AgentRuntime runtime = Agents.start(ports, List.of(outfit()), pace, pause -> {})) {
            return new Times(measure(runtime, turns));
        }
    }

    /** An agent called bench, which answers at once and whose effects cost nothing. */
    static Outfit outfit() {
        ToolPolicy policy = new ToolPolicy(Map.of(ToolPolicy.ALL, Set.of("note")), List.of(), List.of());
        AgentDefinition agent = new AgentDefinition(
                "bench", "Bench", "You keep notes.", Optional.empty(), List.of(), policy, Limits.DEFAULTS, "bench");
        return new Outfit(agent, new Parrot(), new Notes());
    }

    private static List<Double> measure(AgentRuntime runtime, int turns) throws InterruptedException {
        String thread = runtime.open(USER, "bench", ThreadKind.CHAT, "bench").id();
        Semaphore ended = new Semaphore(0);
        List<Double> millis = new ArrayList<>(turns);
        AgentRuntime.Subscription news = runtime.listen(USER, thread, live -> {
            if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
                ended.release();
            }
        });
        for (int i = 0; i < turns; i++) {
            long began = System.nanoTime();
            runtime.send(USER, thread, "turn " + i + " " + FILLER);
            ended.acquire();
            millis.add((System.nanoTime() - began) / 1e6);
        }
        news.close();
        return millis;
    }

    /** Calls the tool for a message, and answers once it has its result. */
    private static final class Parrot implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            List<ChatMessage> messages = request.messages();
            boolean asked = messages.get(messages.size() - 1) instanceof UserMessage;
            AiMessage answer = asked
                    ? AiMessage.from(ToolExecutionRequest.builder()
                            .id("1")
                            .name("note")
                            .arguments("{\"text\":\"" + FILLER + "\"}")
                            .build())
                    : AiMessage.from("noted " + FILLER);
            return ChatResponse.builder().aiMessage(answer).build();
        }
    }

    /** One effect that costs nothing. */
    private static final class Notes implements ToolClient {
        private final List<ToolInfo> tools = new ArrayList<>();

        Notes() {
            tools.add(new ToolInfo(
                    "bench",
                    ToolSpecification.builder()
                            .name("note")
                            .description("keeps a note")
                            .parameters(JsonObjectSchema.builder()
                                    .addStringProperty("text")
                                    .required("text")
                                    .additionalProperties(false)
                                    .build())
                            .build(),
                    false,
                    false));
        }

        @Override
        public List<ToolInfo> tools() {
            return List.copyOf(tools);
        }

        @Override
        public ToolOutcome call(ToolInvocation invocation) {
            return new ToolOutcome.Succeeded("{\"kept\":true}");
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
