package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What concerns one conversation. */
@Command(name = "thread", description = "Show one conversation.")
final class ThreadCommand {
    private static final int PAGE = 1000;
    private static final int TOOL_CHARS_MAX = 400;

    private final Shell shell;

    ThreadCommand(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Print a conversation's transcript and where it stands.")
    int show(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String given) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.ofThread(given, api);
            JsonNode thread = api.get("/api/threads/" + Api.encode(id));
            JsonNode messages = all(api, id);
            if (listing.json) {
                ObjectNode whole = thread.deepCopy();
                shell.out().println(Json.write(whole.set("transcript", messages)));
                return 0;
            }
            messages.forEach(this::print);
            shell.out().println();
            listing.printOne(shell, thread);
        }
        return 0;
    }

    private static JsonNode all(Api api, String id) {
        var all = Json.array();
        JsonNode page;
        do {
            page = api.get("/api/threads/" + Api.encode(id) + "/messages?limit=" + PAGE + "&after=" + all.size())
                    .path("messages");
            page.forEach(all::add);
        } while (page.size() == PAGE);
        return all;
    }

    private void print(JsonNode entry) {
        Style style = shell.style();
        String text = Style.harmless(entry.path("text").asText());
        switch (entry.path("role").asText()) {
            case "user" -> shell.out().println(style.bold("You: ") + text);
            case "tool" ->
                shell.out()
                        .println(style.dim(
                                "  " + entry.path("tool").asText() + " → " + Style.line(text, TOOL_CHARS_MAX)));
            default -> {
                if (!text.isBlank()) {
                    shell.out().println(style.bold("Assistant: ") + text);
                }
                entry.path("calls")
                        .forEach(call -> shell.out()
                                .println(style.dim("  calls "
                                        + call.path("tool").asText() + " "
                                        + Style.line(call.path("arguments").asText(), TOOL_CHARS_MAX))));
            }
        }
    }
}
