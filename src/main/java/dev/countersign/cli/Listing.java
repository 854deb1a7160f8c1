package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How a list is shown: as a table for people, or with {@code --json} as it came, on one line. */
final class Listing {
    private static final int CELL_CHARS_MAX = 60;

    @Option(names = "--json", scope = CommandLine.ScopeType.INHERIT, description = "print JSON")
    boolean json;

    /**
     * Prints the list.
     *
     * @param columns heading and field of each, such as {@code "id", "status"}; a field is its own heading
     */
    void print(Shell shell, JsonNode list, String nothing, String... columns) {
        if (json) {
            shell.out().println(Json.write(list));
        } else if (list.isEmpty()) {
            shell.out().println(nothing);
        } else {
            table(shell, list, columns);
        }
    }

    /** Prints one object: each field on a line of its own. */
    void printOne(Shell shell, JsonNode object) {
        if (json) {
            shell.out().println(Json.write(object));
            return;
        }
        object.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                String heading = field.getKey().replace('_', ' ') + ": ";
                shell.out().println(shell.style().bold(heading) + Style.harmless(plain(field.getValue())));
            }
        });
    }

    private static void table(Shell shell, JsonNode list, String... columns) {
        List<String[]> rows = new ArrayList<>();
        int[] widths = new int[columns.length];
        for (int i = 0; i < columns.length; i++) {
            widths[i] = columns[i].length();
        }
        for (JsonNode item : list) {
            String[] row = new String[columns.length];
            for (int i = 0; i < columns.length; i++) {
                row[i] = Style.line(plain(item.path(columns[i])), CELL_CHARS_MAX);
                widths[i] = Math.max(widths[i], row[i].length());
            }
            rows.add(row);
        }
        String[] headings = new String[columns.length];
        for (int i = 0; i < columns.length; i++) {
            headings[i] = columns[i].replace('_', ' ');
        }
        shell.out().println(shell.style().bold(aligned(headings, widths)));
        rows.forEach(row -> shell.out().println(aligned(row, widths)));
    }

    private static String aligned(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            line.append(cells[i]);
            if (i < cells.length - 1) {
                line.append(" ".repeat(widths[i] - cells[i].length() + 2));
            }
        }
        return line.toString();
    }

    private static String plain(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return value.isValueNode() ? value.asText() : Json.write(value);
    }
}
