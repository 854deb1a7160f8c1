package dev.countersign.graph;

import java.util.ArrayList;
import java.util.List;
import org.bsc.langgraph4j.GraphDefinition;
import org.bsc.langgraph4j.StateGraph;
import org.bsc.langgraph4j.internal.edge.Edge;
import org.bsc.langgraph4j.internal.edge.EdgeValue;

/**
 * The graph that runs every agent, as it was built: what there is to draw.
 *
 * @param nodes by name, start first and end last
 * @param ways from node to node, in an order that does not change from start to start
 */
public record GraphShape(List<String> nodes, List<Way> ways) {
    /** Where every turn begins and ends, as checkpoints name them. */
    public static final String START = StateGraph.START;

    public static final String END = StateGraph.END;

    public GraphShape {
        nodes = List.copyOf(nodes);
        ways = List.copyOf(ways);
    }

    /**
     * A way that a turn may take.
     *
     * @param choice whether the node before chooses among several
     */
    public record Way(String from, String to, boolean choice) {}

    /** The shape of every agent's graph. */
    public static GraphShape ofAgents() {
        return AgentGraph.outline().reduce(GraphShape::read);
    }

    private static GraphShape read(GraphDefinition.Nodes<ThreadState> nodes, GraphDefinition.Edges<ThreadState> edges) {
        List<String> names = new ArrayList<>();
        names.add(START);
        nodes.elements.forEach(node -> names.add(node.id()));
        names.add(END);
        List<Way> ways = new ArrayList<>();
        for (Edge<ThreadState> edge : edges.elements) {
            for (EdgeValue<ThreadState> target : edge.targets()) {
                if (target.value() == null) {
                    ways.add(new Way(edge.sourceId(), target.id(), false));
                } else {
                    target.value().mappings().values().forEach(to -> ways.add(new Way(edge.sourceId(), to, true)));
                }
            }
        }
        return new GraphShape(names, ways);
    }
}
