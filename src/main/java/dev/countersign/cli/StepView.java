package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.util.Locale;

/** A step of a conversation as people read it in a terminal: a heading, and below it what the step did, a line for each thing. */
final class StepView {
    private static final int LINE_CHARS_MAX = 160;
    private static final int ID_CHARS = 8;

    private final Shell shell;
    private final Style style;

    StepView(Shell shell) {
        this.shell = shell;
        this.style = shell.style();
    }

    void print(JsonNode step) {
        shell.out()
                .println(style.bold("#" + step.path("seq").asText() + "  " + node(step.path("node")) + " → "
                                + node(step.path("next")))
                        + style.dim("  " + step.path("at").asText()));
        JsonNode event = step.path("event");
        if (event.isObject()) {
            String about = event.path("about").isNull() ? "" : " of " + shortly(event.path("about"));
            line("took up event " + event.path("seq").asText() + ": "
                    + event.path("kind").asText() + about);
        }
        step.path("added").forEach(this::message);
        step.path("calls").forEach(this::call);
        step.path("approvals").forEach(this::approval);
        step.path("changes").forEach(this::change);
    }

    private static String node(JsonNode name) {
        return Style.line(name.asText(), LINE_CHARS_MAX).replace("__", "").toLowerCase(Locale.ROOT);
    }

    private void message(JsonNode message) {
        String text = Style.line(message.path("text").asText(), LINE_CHARS_MAX);
        String role = message.path("role").asText();
        if (role.equals("tool") || text.isEmpty()) {
            return;
        }
        line((role.equals("user") ? "You: " : "Assistant: ") + text);
    }

    private void call(JsonNode call) {
        String outcome = call.path("outcome").asText();
        JsonNode effect = call.path("effect");
        String journal = effect.isObject()
                ? style.dim("  effect " + shortly(effect.path("id")) + ", sent "
                        + effect.path("attempts").asText() + "×, now "
                        + effect.path("state").asText())
                : "";
        String words = Style.line(
                call.path("tool").asText() + " " + call.path("arguments").asText(), LINE_CHARS_MAX);
        line(words + " → " + coloured(outcome) + journal);
    }

    private String coloured(String outcome) {
        return switch (outcome) {
            case "succeeded", "filed", "told" -> style.green(outcome);
            case "unknown" -> style.yellow(outcome);
            default -> style.red(outcome);
        };
    }

    private void approval(JsonNode approval) {
        StringBuilder words = new StringBuilder(approval.path("how").asText() + " approval "
                + shortly(approval.path("id")) + ": " + approval.path("kind").asText());
        append(words, " to ", approval.path("operation"));
        append(words, " on ", approval.path("resource_instance"));
        words.append(", now ").append(approval.path("state").asText());
        append(words, " by ", approval.path("reviewer"));
        append(words, ": ", approval.path("comment"));
        line(Style.line(words.toString(), LINE_CHARS_MAX));
    }

    private static void append(StringBuilder words, String between, JsonNode value) {
        if (value.isTextual()) {
            words.append(between).append(value.asText());
        }
    }

    private void change(JsonNode change) {
        String path = Style.line(change.path("path").asText(), LINE_CHARS_MAX);
        switch (change.path("kind").asText()) {
            case "ADDED" -> line(style.green("+ " + path + ": " + value(change.path("after"))));
            case "REMOVED" -> line(style.red("- " + path + ": " + value(change.path("before"))));
            default ->
                line(style.yellow(
                        "~ " + path + ": " + value(change.path("before")) + " → " + value(change.path("after"))));
        }
    }

    private static String value(JsonNode value) {
        return Style.line(value.isTextual() ? value.asText() : Json.write(value), LINE_CHARS_MAX);
    }

    private static String shortly(JsonNode id) {
        String whole = Style.line(id.asText(), LINE_CHARS_MAX);
        return whole.length() <= ID_CHARS ? whole : whole.substring(0, ID_CHARS);
    }

    private void line(String words) {
        shell.out().println("    " + words);
    }
}
