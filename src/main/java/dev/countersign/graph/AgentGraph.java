package dev.countersign.graph;

import dev.countersign.checkpoint.StoreSaver;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bsc.langgraph4j.CompileConfig;
import org.bsc.langgraph4j.CompiledGraph;
import org.bsc.langgraph4j.GraphRepresentation;
import org.bsc.langgraph4j.GraphStateException;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.StateGraph;
import org.bsc.langgraph4j.action.AsyncEdgeAction;
import org.bsc.langgraph4j.action.AsyncNodeActionWithConfig;
import org.bsc.langgraph4j.checkpoint.BaseCheckpointSaver;

/**
 * The one graph of every agent. Sequential, without forks and subgraphs: interrupts do not work in parallel branches of the
 * engine, so a gated node in one would simply run.
 */
final class AgentGraph {
    static final String MODEL = "model";
    static final String GATE = "gate";
    static final String TOOLS = "tools";
    static final String REQUEST = "request";
    static final String REPLY = "reply";
    static final String AWAIT = "await";
    static final String SETTLE = "settle";

    /** A backstop of the engine, far above what the step limits allow in one event. */
    private static final int ENGINE_STEPS_MAX = 50_000;

    private AgentGraph() {}

    static CompiledGraph<ThreadState> compile(Equipment equipment) {
        return compile(equipment, saver(equipment.ports()), (node, update) -> update);
    }

    static StoreSaver saver(Ports ports) {
        return new StoreSaver(ports.checkpoints(), Set.of(AWAIT), AgentGraph::mayWait);
    }

    /**
     * Whether a step is written with what follows it. Judging calls and taking an event up act on nothing, and who acts after them
     * writes them first ({@link dev.countersign.checkpoint.Acts}); a reply follows at once and looks at nothing outside. What leads to a model's
     * call is written, since that may take long; but for a filing, of which the approval's own row says all: who comes back to it is answered alike.
     */
    private static boolean mayWait(String node, String next) {
        return switch (next) {
            case REPLY -> true;
            case TOOLS, REQUEST -> node.equals(GATE);
            case SETTLE -> node.equals(AWAIT);
            case MODEL -> node.equals(REQUEST);
            default -> false;
        };
    }

    /** With what sees, and may change, the updates that nodes return. */
    static CompiledGraph<ThreadState> compile(Equipment equipment, BaseCheckpointSaver saver, Rerun.Tap tap) {
        ToolsNode tools = new ToolsNode(equipment);
        try {
            return shape(
                            tapped(MODEL, new ModelNode(equipment)::apply, tap),
                            tapped(GATE, new GateNode(equipment)::apply, tap),
                            tapped(TOOLS, tools::apply, tap),
                            tapped(REQUEST, new RequestNode(equipment)::apply, tap),
                            tapped(REPLY, new ReplyNode(equipment.ports())::apply, tap),
                            tapped(SETTLE, new SettleNode(equipment, tools)::apply, tap))
                    .compile(CompileConfig.builder()
                            .checkpointSaver(saver)
                            .recursionLimit(ENGINE_STEPS_MAX)
                            .build());
        } catch (GraphStateException e) {
            throw new IllegalStateException("the graph's shape is a constant of this program", e);
        }
    }

    /** A node that is not part of the parking. */
    @FunctionalInterface
    private interface Step {
        Map<String, Object> apply(ThreadState state, RunnableConfig config);
    }

    private static Step tapped(String name, Step node, Rerun.Tap tap) {
        return (state, config) -> tap.passes(name, node.apply(state, config));
    }

    private static StateGraph<ThreadState> shape(
            Step model, Step gate, Step tools, Step request, Step reply, Step settle) throws GraphStateException {
        return new StateGraph<>(ThreadState.SCHEMA, new StructuralCopy())
                .addNode(MODEL, AsyncNodeActionWithConfig.node_async(model::apply))
                .addNode(GATE, AsyncNodeActionWithConfig.node_async(gate::apply))
                .addNode(TOOLS, AsyncNodeActionWithConfig.node_async(tools::apply))
                .addNode(REQUEST, AsyncNodeActionWithConfig.node_async(request::apply))
                .addNode(REPLY, AsyncNodeActionWithConfig.node_async(reply::apply))
                // The object itself is registered: a lambda in between would lose the interrupt without a word.
                .addNode(AWAIT, AsyncNodeActionWithConfig.node_async(new AwaitNode()))
                .addNode(SETTLE, AsyncNodeActionWithConfig.node_async(settle::apply))
                .addEdge(StateGraph.START, MODEL)
                .addConditionalEdges(MODEL, edge(AgentGraph::afterModel), to(GATE, REPLY))
                .addConditionalEdges(GATE, edge(AgentGraph::afterGate), to(TOOLS, REQUEST, MODEL))
                .addConditionalEdges(TOOLS, edge(AgentGraph::afterTools), to(REQUEST, MODEL))
                .addEdge(REQUEST, MODEL)
                .addConditionalEdges(REPLY, edge(AgentGraph::afterReply), to(AWAIT, StateGraph.END))
                .addConditionalEdges(AWAIT, edge(AgentGraph::afterAwait), to(SETTLE, MODEL))
                .addConditionalEdges(SETTLE, edge(AgentGraph::afterSettle), to(MODEL, REPLY));
    }

    /** The ways out of a node, in an order that does not change from start to start, so that the diagram does not either. */
    private static Map<String, String> to(String... nodes) {
        Map<String, String> ways = new TreeMap<>();
        for (String node : nodes) {
            ways.put(node, node);
        }
        return ways;
    }

    private static AsyncEdgeAction<ThreadState> edge(java.util.function.Function<ThreadState, String> choice) {
        return AsyncEdgeAction.edge_async(choice::apply);
    }

    private static String afterModel(ThreadState state) {
        return state.messages().last(1).get(0).calls().isEmpty() ? REPLY : GATE;
    }

    private static String afterGate(ThreadState state) {
        Plan plan = plan(state);
        if (plan.hasRuns()) {
            return TOOLS;
        }
        return plan.hasRequests() ? REQUEST : MODEL;
    }

    private static String afterTools(ThreadState state) {
        return plan(state).hasRequests() ? REQUEST : MODEL;
    }

    private static String afterReply(ThreadState state) {
        boolean jobOver = state.text(ThreadState.ENDING).isPresent();
        return state.isOpen() && !jobOver ? AWAIT : StateGraph.END;
    }

    private static String afterAwait(ThreadState state) {
        return state.text(ThreadState.SETTLING).isPresent() ? SETTLE : MODEL;
    }

    private static String afterSettle(ThreadState state) {
        return state.text(ThreadState.ENDING).isPresent() ? REPLY : MODEL;
    }

    private static Plan plan(ThreadState state) {
        return Plan.parse(state.text(ThreadState.PLAN).orElse(Plan.EMPTY.json()));
    }

    /** The graph as a Mermaid flow chart. */
    static String diagram(String title) {
        return outline()
                .getGraph(GraphRepresentation.Type.MERMAID, title, false)
                .content();
    }

    /** The graph with nodes that do nothing. */
    static StateGraph<ThreadState> outline() {
        Step nothing = (state, config) -> Map.of();
        try {
            return shape(nothing, nothing, nothing, nothing, nothing, nothing);
        } catch (GraphStateException e) {
            throw new IllegalStateException("the graph's shape is a constant of this program", e);
        }
    }
}
