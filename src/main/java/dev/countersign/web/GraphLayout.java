package dev.countersign.web;

import dev.countersign.graph.GraphShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the nodes of a small graph go: in layers from left to right, each way leading at least one layer on, but for those that
 * lead back, which are laid out the other way round. A way that passes a layer has a place in it, so that ways go around nodes.
 * The same graph always gets the same layout. Meant for tens of nodes: the order in each layer is found by trying.
 */
final class GraphLayout {
    private static final int ROUNDS = 24;

    private final GraphShape shape;
    private final Map<String, Integer> layerOf = new HashMap<>();
    private final Set<GraphShape.Way> back = new HashSet<>();
    private final List<List<Spot>> layers = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    /** A place in a layer: a node's, or without a name, one where a way only passes. */
    static final class Spot {
        final String node;
        final int layer;
        double y;

        Spot(String node, int layer) {
            this.node = node;
            this.layer = layer;
        }

        boolean passes() {
            return node.isEmpty();
        }
    }

    /** Two places of neighbouring layers, the left one first. */
    private record Link(Spot left, Spot right) {}

    /** A way and the places it goes through, in its own direction. */
    record Route(GraphShape.Way way, List<Spot> spots) {}

    private GraphLayout(GraphShape shape) {
        this.shape = shape;
    }

    /**
     * Lays a graph out.
     *
     * @param gap between the middles of neighbouring nodes of a layer
     * @param passing the same where a way only passes
     */
    static GraphLayout of(GraphShape shape, double gap, double passing) {
        GraphLayout layout = new GraphLayout(shape);
        layout.findWaysBack();
        layout.assignLayers();
        layout.place();
        layout.order();
        layout.align(gap, passing);
        return layout;
    }

    List<List<Spot>> layers() {
        return layers;
    }

    List<Route> routes() {
        return routes;
    }

    /** A way back is one to a node that one is still on the way from. */
    private void findWaysBack() {
        Set<String> done = new HashSet<>();
        for (String node : shape.nodes()) {
            walk(node, new HashSet<>(), done);
        }
    }

    private void walk(String node, Set<String> above, Set<String> done) {
        if (!done.add(node)) {
            return;
        }
        above.add(node);
        for (GraphShape.Way way : shape.ways()) {
            if (way.from().equals(node)) {
                if (above.contains(way.to())) {
                    back.add(way);
                } else {
                    walk(way.to(), above, done);
                }
            }
        }
        above.remove(node);
    }

    private String left(GraphShape.Way way) {
        return back.contains(way) ? way.to() : way.from();
    }

    private String right(GraphShape.Way way) {
        return back.contains(way) ? way.from() : way.to();
    }

    /** The longest way to a node says its layer. Without ways back there are no circles, so this comes to an end. */
    private void assignLayers() {
        shape.nodes().forEach(node -> layerOf.put(node, 0));
        boolean moved = true;
        while (moved) {
            moved = false;
            for (GraphShape.Way way : shape.ways()) {
                int least = layer(left(way)) + 1;
                if (!left(way).equals(right(way)) && layer(right(way)) < least) {
                    layerOf.put(right(way), least);
                    moved = true;
                }
            }
        }
    }

    private int layer(String node) {
        return layerOf.getOrDefault(node, 0);
    }

    private void place() {
        Map<String, Spot> spots = new HashMap<>();
        for (String node : shape.nodes()) {
            while (layers.size() <= layer(node)) {
                layers.add(new ArrayList<>());
            }
            Spot spot = new Spot(node, layer(node));
            spots.put(node, spot);
            layers.get(spot.layer).add(spot);
        }
        for (GraphShape.Way way : shape.ways()) {
            routes.add(new Route(way, through(way, spots)));
        }
    }

    private List<Spot> through(GraphShape.Way way, Map<String, Spot> spots) {
        List<Spot> through = new ArrayList<>();
        Spot last = spots.get(right(way));
        Spot before = spots.get(left(way));
        if (before == null || last == null) {
            throw new IllegalArgumentException("a way between nodes that are not there: " + way);
        }
        through.add(before);
        for (int layer = before.layer + 1; layer < last.layer; layer++) {
            Spot passing = new Spot("", layer);
            layers.get(layer).add(passing);
            links.add(new Link(through.get(through.size() - 1), passing));
            through.add(passing);
        }
        links.add(new Link(through.get(through.size() - 1), last));
        through.add(last);
        if (back.contains(way)) {
            Collections.reverse(through);
        }
        return List.copyOf(through);
    }

    /** Neighbours change places as long as fewer ways cross by it, or as many that are shorter. */
    private void order() {
        for (int round = 0; round < ROUNDS; round++) {
            boolean better = false;
            for (List<Spot> layer : layers) {
                for (int i = 0; i + 1 < layer.size(); i++) {
                    double before = cost();
                    swap(layer, i);
                    if (cost() < before) {
                        better = true;
                    } else {
                        swap(layer, i);
                    }
                }
            }
            if (!better) {
                return;
            }
        }
    }

    private static void swap(List<Spot> layer, int i) {
        layer.set(i, layer.set(i + 1, layer.get(i)));
    }

    private double cost() {
        int crossings = 0;
        int steepness = 0;
        for (int i = 0; i < links.size(); i++) {
            Link one = links.get(i);
            int left = at(one.left());
            int right = at(one.right());
            steepness += Math.abs(left - right);
            for (int j = i + 1; j < links.size(); j++) {
                Link other = links.get(j);
                if (one.left().layer == other.left().layer
                        && (left - at(other.left())) * (right - at(other.right())) < 0) {
                    crossings++;
                }
            }
        }
        return crossings + steepness / 1000.0;
    }

    private int at(Spot spot) {
        return layers.get(spot.layer).indexOf(spot);
    }

    /** Each place moves towards the middle of its neighbours, as far as those of its own layer let it. */
    private void align(double gap, double passing) {
        for (List<Spot> layer : layers) {
            double y = 0;
            for (int i = 1; i < layer.size(); i++) {
                y += room(layer.get(i - 1), layer.get(i), gap, passing);
                layer.get(i).y = y;
            }
            double half = y / 2;
            layer.forEach(spot -> spot.y -= half);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (List<Spot> layer : layers) {
                for (int i = 0; i < layer.size(); i++) {
                    settle(layer, i, gap, passing);
                }
            }
        }
        double top = layers.stream()
                .flatMap(List::stream)
                .mapToDouble(spot -> spot.y)
                .min()
                .orElse(0);
        layers.forEach(layer -> layer.forEach(spot -> spot.y -= top));
    }

    private void settle(List<Spot> layer, int i, double gap, double passing) {
        Spot spot = layer.get(i);
        double wanted = links.stream()
                .filter(link -> link.left() == spot || link.right() == spot)
                .mapToDouble(link -> link.left() == spot ? link.right().y : link.left().y)
                .average()
                .orElse(spot.y);
        double least =
                i == 0 ? Double.NEGATIVE_INFINITY : layer.get(i - 1).y + room(layer.get(i - 1), spot, gap, passing);
        double most = i + 1 == layer.size()
                ? Double.POSITIVE_INFINITY
                : layer.get(i + 1).y - room(spot, layer.get(i + 1), gap, passing);
        spot.y = Math.max(least, Math.min(most, wanted));
    }

    private static double room(Spot above, Spot below, double gap, double passing) {
        double halves = (above.passes() ? passing : gap) + (below.passes() ? passing : gap);
        return halves / 2;
    }
}
