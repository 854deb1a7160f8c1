package dev.countersign.lab.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bsc.langgraph4j.CompileConfig;
import org.bsc.langgraph4j.CompiledGraph;
import org.bsc.langgraph4j.GraphInput;
import org.bsc.langgraph4j.GraphStateException;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.StateGraph;
import org.bsc.langgraph4j.action.AsyncEdgeAction;
import org.bsc.langgraph4j.action.AsyncNodeAction;
import org.bsc.langgraph4j.checkpoint.MemorySaver;
import org.bsc.langgraph4j.prebuilt.MessagesState;

/**
 * W1 and W4 on LangGraph4j as it comes: its own state of messages, its own copy of it at each step, its own saver, which keeps
 * everything in memory. Nothing survives the process, so there is no more than these two to measure.
 */
public final class Stock {
    private static final String MODEL = "model";
    private static final String TOOLS = "tools";
    private static final String MODE = "memory";
    private static final int WARM_UP = 20;
    private static final int WARM_UP_THREAD = 9;
    private static final int WARM_THREADS = 1_000;
    private static final int THREADS = 64;
    private static final int TURNS_EACH = 20;

    private final CompiledGraph<State> graph;

    /** Messages as maps of texts: the workload's own form, and nothing that would have to be made serializable. */
    static final class State extends MessagesState<Map<String, String>> {
        State(Map<String, Object> values) {
            super(values);
        }
    }

    public Stock() {
        try {
            graph = new StateGraph<>(State.SCHEMA, State::new)
                    .addNode(MODEL, AsyncNodeAction.node_async(Stock::model))
                    .addNode(TOOLS, AsyncNodeAction.node_async(Stock::tools))
                    .addEdge(StateGraph.START, MODEL)
                    .addConditionalEdges(
                            MODEL,
                            AsyncEdgeAction.edge_async(
                                    state -> last(state).containsKey("query") ? TOOLS : StateGraph.END),
                            Map.of(TOOLS, TOOLS, StateGraph.END, StateGraph.END))
                    .addEdge(TOOLS, MODEL)
                    .compile(CompileConfig.builder()
                            .checkpointSaver(new MemorySaver())
                            .build());
        } catch (GraphStateException e) {
            throw new IllegalStateException("the graph's shape is a constant of this program", e);
        }
    }

    /** W1: that many turns in one thread, or as many as fit in the budget; every message is kept by every step of it. */
    public ObjectNode one(int turns, Duration budget) throws InterruptedException {
        for (int turn = 1; turn <= WARM_UP; turn++) {
            turn(WARM_UP_THREAD, turn);
        }
        long heap = Gauge.heap();
        Gauge gauge = new Gauge();
        while (gauge.count() < turns && gauge.totalSeconds() < budget.toSeconds()) {
            int turn = gauge.count() + 1;
            gauge.measure(() -> turn(0, turn));
        }
        Figures figures = new Figures("langgraph4j-memory", "W1", MODE).put("turns", gauge.count());
        return Turns.slices(figures, gauge)
                .put("heap_mb", (Gauge.heap() - heap) / 1048576.0)
                .line();
    }

    /** W4: 64 threads at the same time, each with 20 turns. */
    public ObjectNode many() throws InterruptedException {
        Turns.together(THREADS, number -> turn(WARM_THREADS + number, 1));
        double processor = Gauge.processorMillis();
        long began = System.nanoTime();
        Turns.together(THREADS, number -> {
            for (int turn = 1; turn <= TURNS_EACH; turn++) {
                turn(number, turn);
            }
        });
        double seconds = (System.nanoTime() - began) / 1e9;
        int all = THREADS * TURNS_EACH;
        return new Figures("langgraph4j-memory", "W4", MODE)
                .put("cpu_ms_turn", (Gauge.processorMillis() - processor) / all)
                .put("turns_s", all / seconds)
                .put("wall_s", seconds)
                .line();
    }

    private void turn(int thread, int turn) {
        RunnableConfig config = RunnableConfig.builder().threadId("t-" + thread).build();
        Map<String, String> said = message("u", thread, turn, Payload.user(thread, turn));
        State state =
                graph.invoke(GraphInput.args(Map.of("messages", said)), config).orElseThrow();
        boolean right = state.messages().size() == 4 * turn
                && Objects.equals(last(state).get("text"), Payload.answer(thread, turn));
        if (!right) {
            throw new IllegalStateException("turn " + turn + " of thread " + thread + " ended wrong: "
                    + state.messages().size() + " messages");
        }
    }

    private static Map<String, Object> model(State state) {
        Map<String, String> last = last(state);
        int thread = number(last, "thread");
        int turn = number(last, "turn");
        if (!"u".equals(last.get("role"))) {
            return Map.of("messages", message("f", thread, turn, Payload.answer(thread, turn)));
        }
        Map<String, String> call = message("c", thread, turn, Payload.call(thread, turn));
        call.put("query", Payload.arguments(thread, turn));
        return Map.of("messages", call);
    }

    private static Map<String, Object> tools(State state) {
        Map<String, String> call = last(state);
        int thread = number(call, "thread");
        int turn = number(call, "turn");
        return Map.of("messages", message("t", thread, turn, Payload.result(thread, turn)));
    }

    private static Map<String, String> message(String role, int thread, int turn, String text) {
        Map<String, String> message = new HashMap<>();
        message.put("role", role);
        message.put("id", role + "-" + thread + "-" + turn);
        message.put("thread", Integer.toString(thread));
        message.put("turn", Integer.toString(turn));
        message.put("text", text);
        return message;
    }

    private static int number(Map<String, String> message, String name) {
        return Integer.parseInt(message.getOrDefault(name, ""));
    }

    private static Map<String, String> last(State state) {
        List<Map<String, String>> messages = new ArrayList<>(state.messages());
        return messages.get(messages.size() - 1);
    }
}
