package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;

/** What a benchmark measured, on standard output. */
final class FigureList {
    private FigureList() {}

    /** One line of JSON, or a line for each figure. */
    static void print(Shell shell, ObjectNode figures, boolean json) {
        if (json) {
            shell.out().println(Json.write(figures));
            return;
        }
        int width = figures.properties().stream()
                .mapToInt(figure -> figure.getKey().length())
                .max()
                .orElse(1);
        figures.properties()
                .forEach(figure -> shell.out()
                        .println(String.format(
                                "%-" + width + "s  %s",
                                figure.getKey(),
                                figure.getValue().asText())));
    }
}
