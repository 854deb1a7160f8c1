package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;

/** How a piece of news looks to a person. Answers are always shown; what happens on the way only on a terminal. */
final class ChatView {
    private static final int LINE_CHARS_MAX = 300;

    private final Style style;
    private final boolean showProgress;
    private final Consumer<String> printer;

    ChatView(Style style, boolean showProgress, Consumer<String> printer) {
        this.style = style;
        this.showProgress = showProgress;
        this.printer = printer;
    }

    void show(JsonNode news) {
        String words = news.path("content").asText();
        switch (news.path("type").asText()) {
            case "text" -> printer.accept(style.bold("Assistant: ") + Style.harmless(words));
            case "error" -> printer.accept(style.red("Error: ") + Style.harmless(words));
            case "parked" -> printer.accept(style.yellow("Waiting: " + line(words)));
            case "decision" -> printer.accept(style.green("Decided: " + line(words)));
            case "status", "tool" -> progress(line(words));
            case "closed" -> progress("connection closed: " + line(words));
            default -> {
                // resumed, listening and history_update say nothing that is not seen anyway.
            }
        }
    }

    /** An entry of the transcript, seen later than it was said. */
    void showEntry(JsonNode entry) {
        String words = Style.harmless(entry.path("text").asText());
        boolean user = entry.path("role").asText().equals("user");
        if (!words.isEmpty() && (user || entry.path("role").asText().equals("assistant"))) {
            printer.accept(style.bold(user ? "You: " : "Assistant: ") + words);
        }
    }

    /** A word of our own on how things stand. */
    void note(String words) {
        printer.accept(style.dim("  " + line(words)));
    }

    /** What was typed could not be sent. */
    void refused(String why) {
        printer.accept(style.red("Error: ") + line(why));
    }

    private void progress(String words) {
        if (showProgress) {
            printer.accept(style.dim("  " + words));
        }
    }

    private static String line(String text) {
        return Style.line(text, LINE_CHARS_MAX);
    }
}
