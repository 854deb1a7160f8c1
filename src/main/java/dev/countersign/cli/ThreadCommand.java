package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What concerns one conversation. */
@Command(
        name = "thread",
        description = "Show one conversation, how it came to stand so, go on from a step of it, or erase it.")
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
            description = "Print a conversation's transcript and where it stands, now or after one of its steps.")
    int show(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String given,
            @Option(names = "--at", paramLabel = "STEP", description = "as it stood after this step; see its history")
                    @Nullable
                    Long step) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.ofThread(given, api);
            if (step != null) {
                moment(api.get(historyOf(id) + "/" + step + "?messages=" + PAGE), listing);
                return 0;
            }
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

    private void moment(JsonNode moment, Listing listing) {
        if (listing.json) {
            shell.out().println(Json.write(moment));
            return;
        }
        int unseen = moment.path("step").path("messages").asInt()
                - moment.path("last").size();
        if (unseen > 0) {
            shell.out().println(shell.style().dim("(" + unseen + " messages before these)"));
        }
        moment.path("last").forEach(this::print);
        shell.out().println();
        new StepView(shell).print(moment.path("step"));
        shell.out().println(shell.style().bold("state:"));
        listing.printOne(shell, moment.path("state"));
    }

    private static int atLeastOne(int limit) {
        if (limit < 1) {
            throw CliErrors.usage("expected --limit to be a whole number from 1 on, got " + limit);
        }
        return limit;
    }

    static String historyOf(String id) {
        return "/api/threads/" + Api.encode(id) + "/history";
    }

    @Command(
            name = "history",
            mixinStandardHelpOptions = true,
            description = "Print what each step of a conversation did: the newest steps, oldest of them first.")
    int history(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String given,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "how many steps; default ${DEFAULT-VALUE}")
                    int limit,
            @Option(names = "--all", description = "all steps, however many") boolean all) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.ofThread(given, api);
            Timeline timeline = Timeline.read(api, historyOf(id), all ? Integer.MAX_VALUE : atLeastOne(limit));
            if (listing.json) {
                shell.out().println(Json.write(timeline.steps()));
                return 0;
            }
            StepView view = new StepView(shell);
            if (timeline.goesOn()) {
                shell.out().println(shell.style().dim("(there are earlier steps: --limit N, or --all)"));
            }
            timeline.steps().forEach(view::print);
            if (timeline.steps().isEmpty()) {
                shell.out().println("no steps yet");
            }
        }
        return 0;
    }

    @Command(
            name = "fork",
            mixinStandardHelpOptions = true,
            description = {
                "Go on from a step of a conversation in a new one; the old one stays as it is.",
                "Nothing that was asked for or approved there counts in the new one."
            })
    int fork(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String given,
            @Option(
                            names = "--at",
                            paramLabel = "STEP",
                            description = "as it stood after this step; default: the newest. Within a turn the model is"
                                    + " asked again from there.")
                    @Nullable
                    Long step,
            @Option(
                            names = "--message",
                            paramLabel = "TEXT",
                            description =
                                    "what you say there; within a turn it takes the place of what the turn began with")
                    @Nullable
                    String message,
            @Option(
                            names = "--last",
                            paramLabel = "TEXT",
                            description = "what the last message before that (an answer, a tool's result) says instead")
                    @Nullable
                    String last) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.ofThread(given, api);
            ObjectNode wish = Json.object();
            if (step != null) {
                wish.put("step", step);
            }
            if (message != null) {
                wish.put("message", message);
            }
            if (last != null) {
                wish.put("last", last);
            }
            listing.printOne(shell, api.post("/api/threads/" + Api.encode(id) + "/fork", wish));
        }
        return 0;
    }

    @Command(
            name = "forks",
            mixinStandardHelpOptions = true,
            description = "Print what a conversation was forked from, and what was forked from it, as a tree.")
    int forks(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String given) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.ofThread(given, api);
            JsonNode family =
                    api.get("/api/threads/" + Api.encode(id) + "/family").path("threads");
            if (listing.json) {
                shell.out().println(Json.write(family));
                return 0;
            }
            family.forEach(member -> shell.out().println(line(member, id)));
        }
        return 0;
    }

    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description = "Print where two conversations, such as one and its fork, say something else.")
    int diff(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "A", description = "a conversation's id, or its first 8 characters or more")
                    String left,
            @Parameters(paramLabel = "B", description = "the other's") String right) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            return new DiffView(shell, api)
                    .print(ShortId.ofThread(left, api), ShortId.ofThread(right, api), listing.json);
        }
    }

    private String line(JsonNode member, String asked) {
        String id = member.path("id").asText();
        String taken = member.path("parent_seq").asLong() > 0
                ? "  taken at step " + member.path("parent_seq").asLong()
                : "";
        String line = "  ".repeat(member.path("depth").asInt()) + id + "  "
                + member.path("status").asText().toLowerCase(Locale.ROOT) + taken;
        return id.equals(asked) ? shell.style().bold(line) : line;
    }

    /** What becomes of forks. */
    enum Forks {
        refuse,
        keep,
        erase
    }

    @Command(
            name = "erase",
            mixinStandardHelpOptions = true,
            description = {
                "Remove a conversation for good: its texts, their key, its steps and approvals.",
                "Prints what is gone, and what others keep. The decision log still verifies."
            })
    int erase(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String given,
            @Option(
                            names = "--forks",
                            paramLabel = "FATE",
                            defaultValue = "refuse",
                            description =
                                    "what becomes of forks, which begin with its messages: refuse (erase nothing if"
                                            + " there are any), keep or erase; default ${DEFAULT-VALUE}")
                    Forks forks,
            @Option(names = "--yes", description = "do not ask") boolean yes) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.ofThread(given, api);
            String question = "Erase conversation " + id + " for good? Type yes: ";
            if (!yes && !"yes".equals(shell.ask(question))) {
                shell.err().println("nothing was erased; it takes a yes, or --yes");
                return 1;
            }
            JsonNode receipt = api.delete("/api/threads/" + Api.encode(id) + "?forks=" + forks);
            if (listing.json) {
                shell.out().println(Json.write(receipt));
                return 0;
            }
            receipt(receipt);
        }
        return 0;
    }

    private void receipt(JsonNode receipt) {
        Style style = shell.style();
        receipt.path("threads").forEach(thread -> shell.out().println(style.bold("erased ") + thread.asText()));
        receipt.path("counts")
                .properties()
                .forEach(count -> shell.out().println("  " + count.getKey() + ": " + count.getValue()));
        receipt.path("forks_kept").forEach(fork -> shell.out().println("kept fork " + fork.asText()));
        shell.out().println(style.bold("what remains:"));
        receipt.path("remains").forEach(line -> shell.out().println("  " + line.asText()));
        receipt.path("requests").forEach(request -> shell.out().println("  request at Permit: " + request.asText()));
    }

    static JsonNode all(Api api, String id) {
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
