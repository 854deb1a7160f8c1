package dev.countersign.web;

import java.util.ArrayList;
import java.util.List;

/**
 * Columns side by side, each of one or two parts, as far as the template has to know. What they show stands in a table below them
 * as well, so the picture itself is passed over by who reads it out.
 *
 * @param parts what the parts of a column are called, from the bottom
 * @param top the value at the upper edge
 */
record Chart(String title, String lead, List<String> parts, int width, int top, List<Column> columns) {
    static final int HEIGHT = 150;
    private static final int SLOT = 54;
    private static final int BAR = 32;

    Chart {
        parts = List.copyOf(parts);
        columns = List.copyOf(columns);
    }

    /**
     * A value or two under one label.
     *
     * @param words the same for the table, one for each part
     */
    record Datum(String label, List<Integer> values, List<String> words) {
        Datum {
            values = List.copyOf(values);
            words = List.copyOf(words);
        }

        static Datum of(String label, int value, String words) {
            return new Datum(label, List.of(value), List.of(words));
        }

        int sum() {
            return values.stream().mapToInt(Integer::intValue).sum();
        }
    }

    /**
     * A column.
     *
     * @param middle of its label
     * @param head where what it comes to is written
     */
    record Column(Datum datum, int middle, int head, List<Bar> bars) {
        Column {
            bars = List.copyOf(bars);
        }
    }

    /** A part of a column. */
    record Bar(int part, int x, int y, int width, int height) {}

    static Chart of(String title, String lead, List<String> parts, List<Datum> data) {
        int top = Math.max(1, data.stream().mapToInt(Datum::sum).max().orElse(1));
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            columns.add(column(data.get(i), i * SLOT, top));
        }
        return new Chart(title, lead, parts, data.size() * SLOT, top, columns);
    }

    private static Column column(Datum datum, int left, int top) {
        List<Bar> bars = new ArrayList<>();
        int floor = HEIGHT;
        for (int part = 0; part < datum.values().size(); part++) {
            int value = datum.values().get(part);
            // What is there is seen, however little it is beside the rest.
            int height = value == 0 ? 0 : Math.max(2, Math.round(value * (HEIGHT - 18f) / top));
            floor -= height;
            if (height > 0) {
                bars.add(new Bar(part, left + (SLOT - BAR) / 2, floor, BAR, height));
            }
        }
        return new Column(datum, left + SLOT / 2, floor - 5, bars);
    }

    /** A part of columns, for its legend. */
    record Part(int number, String name) {}

    static List<Part> numbered(List<String> names) {
        List<Part> parts = new ArrayList<>();
        names.forEach(name -> parts.add(new Part(parts.size(), name)));
        return parts;
    }

    /** Whether there is anything to see. */
    boolean empty() {
        return columns.stream().allMatch(column -> column.datum().sum() == 0);
    }
}
