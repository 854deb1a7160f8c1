package dev.countersign.web;

import dev.countersign.graph.GraphShape;
import dev.countersign.web.GraphLayout.Route;
import dev.countersign.web.GraphLayout.Spot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The graph as an SVG, as far as its template has to know: places, lines, and what a turn has done there. What is lit up is also
 * said in words and shown by form: numbers at what ran, a double frame where it stands, a broken one where it goes on.
 *
 * @param words what it shows, for who does not see it
 */
record GraphPicture(int width, int height, String words, List<Box> boxes, List<Line> lines) {
    private static final int BOX_WIDTH = 96;
    private static final int BOX_HEIGHT = 36;
    private static final int LAYER = 168;
    private static final int MARGIN = 14;
    private static final double GAP = 62;
    private static final double PASSING = 26;

    /** How far the two ends of a line keep from the middle of a box, so that a way there and the way back are two lines. */
    private static final double APART = 7;

    private static final GraphShape SHAPE = GraphShape.ofAgents();
    private static final GraphLayout LAYOUT = GraphLayout.of(SHAPE, GAP, PASSING);

    GraphPicture {
        boxes = List.copyOf(boxes);
        lines = List.copyOf(lines);
    }

    /**
     * A node.
     *
     * @param look {@code idle}, {@code ran}, {@code now} (ran last) or {@code next}
     * @param runs how often the turn has run it, as words; empty when it has not
     */
    record Box(String name, String look, String runs, int x, int y, int width, int height) {
        int middleX() {
            return x + width / 2;
        }

        int middleY() {
            return y + height / 2;
        }
    }

    /**
     * A way.
     *
     * @param d its path
     * @param look {@code open}, {@code taken} or {@code next}
     */
    record Line(String d, String look) {}

    /**
     * Draws a turn.
     *
     * @param ran the nodes that ran, oldest first
     * @param next the node it rests before
     */
    static GraphPicture of(List<String> ran, String next) {
        Map<String, Integer> runs = new HashMap<>();
        ran.forEach(node -> runs.merge(node, 1, Integer::sum));
        Set<String> taken = new HashSet<>();
        for (int i = 0; i + 1 < ran.size(); i++) {
            taken.add(ran.get(i) + " " + ran.get(i + 1));
        }
        String now = ran.isEmpty() ? "" : ran.get(ran.size() - 1);
        List<Box> boxes = new ArrayList<>();
        for (List<Spot> layer : LAYOUT.layers()) {
            for (Spot spot : layer) {
                if (!spot.passes()) {
                    boxes.add(box(spot, look(spot.node, now, next, runs), runs.getOrDefault(spot.node, 0)));
                }
            }
        }
        List<Line> lines = new ArrayList<>();
        for (Route route : LAYOUT.routes()) {
            String way = route.way().from() + " " + route.way().to();
            String look = taken.contains(way) ? "taken" : way.equals(now + " " + next) ? "next" : "open";
            lines.add(new Line(path(route.spots()), look));
        }
        // What is lit up lies on top.
        lines.sort((one, other) -> Integer.compare(rank(one), rank(other)));
        return new GraphPicture(wide(), high(), words(ran, next), boxes, lines);
    }

    private static int rank(Line line) {
        return List.of("open", "next", "taken").indexOf(line.look());
    }

    private static String look(String node, String now, String next, Map<String, Integer> runs) {
        if (node.equals(now)) {
            return "now";
        }
        return node.equals(next) ? "next" : runs.containsKey(node) ? "ran" : "idle";
    }

    private static int wide() {
        return (LAYOUT.layers().size() - 1) * LAYER + BOX_WIDTH + 2 * MARGIN;
    }

    private static int high() {
        double most = LAYOUT.layers().stream()
                .flatMap(List::stream)
                .mapToDouble(spot -> spot.y)
                .max()
                .orElse(0);
        return (int) Math.ceil(most) + BOX_HEIGHT + 2 * MARGIN;
    }

    private static Box box(Spot spot, String look, int runs) {
        return new Box(
                name(spot.node),
                look,
                runs == 0 ? "" : runs == 1 ? "1" : runs + "×",
                MARGIN + spot.layer * LAYER,
                MARGIN + (int) Math.round(spot.y),
                BOX_WIDTH,
                BOX_HEIGHT);
    }

    /** What people call a node. */
    static String name(String node) {
        return node.replace("__", "").toLowerCase(Locale.ROOT);
    }

    /** A line that leaves and meets boxes level, and passes level where it only passes. */
    private static String path(List<Spot> spots) {
        boolean back = spots.get(0).layer > spots.get(spots.size() - 1).layer;
        StringBuilder d = new StringBuilder();
        for (int i = 0; i < spots.size(); i++) {
            Spot spot = spots.get(i);
            double y = MARGIN + spot.y + BOX_HEIGHT / 2.0 + (spot.passes() ? 0 : back ? APART : -APART);
            double left = MARGIN + spot.layer * (double) LAYER;
            double right = left + BOX_WIDTH;
            boolean first = i == 0;
            boolean last = i + 1 == spots.size();
            double in = back ? right : left;
            double out = back ? left : right;
            if (first) {
                d.append(String.format(Locale.ROOT, "M%.0f %.1f", out, y));
                continue;
            }
            double bend = (back ? -1 : 1) * (LAYER - BOX_WIDTH) * 0.5;
            Spot before = spots.get(i - 1);
            double beforeY = MARGIN + before.y + BOX_HEIGHT / 2.0 + (before.passes() ? 0 : back ? APART : -APART);
            double from = MARGIN + before.layer * (double) LAYER + (back ? 0 : BOX_WIDTH);
            d.append(String.format(
                    Locale.ROOT, "C%.0f %.1f %.0f %.1f %.0f %.1f", from + bend, beforeY, in - bend, y, in, y));
            if (!last) {
                d.append(String.format(Locale.ROOT, "L%.0f %.1f", out, y));
            }
        }
        return d.toString();
    }

    private static String words(List<String> ran, String next) {
        if (ran.isEmpty()) {
            return "No step has run yet.";
        }
        List<String> names = ran.stream().map(GraphPicture::name).toList();
        return "This turn ran " + String.join(", ", names) + "; it goes on with " + name(next) + ".";
    }
}
