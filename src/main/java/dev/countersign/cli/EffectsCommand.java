package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tool calls of which nobody knows whether they took effect, and a person's answer to them. */
@Command(
        name = "effects",
        description = "List the calls of which nobody knows whether they took effect; say what became of them.")
final class EffectsCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    Listing listing = new Listing();

    EffectsCommand(Shell shell) {
        this.shell = shell;
    }

    /** What a person found out; one of the three. */
    static final class Finding {
        @Option(names = "--retried", required = true, description = "send it once more, with the same idempotency key")
        boolean retried;

        @Option(names = "--happened", required = true, description = "it took effect")
        boolean happened;

        @Option(names = "--did-not", required = true, description = "it had no effect; nothing is sent")
        boolean didNot;

        String word() {
            return retried ? "retried" : happened ? "happened" : "did-not";
        }

        String consequence() {
            if (retried) {
                return "The call is sent once more, with the same idempotency key and arguments, and the agent goes on with"
                        + " what comes of it.";
            }
            return happened
                    ? "Nothing is sent. The agent is told that the call took effect, and goes on."
                    : "Nothing is sent. The agent is told that the call had no effect, and goes on.";
        }
    }

    @Override
    public Integer call() {
        return list();
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List your calls whose outcome is unknown, newest first.")
    int list() {
        try (Door door = server.door(shell)) {
            listing.print(
                    shell,
                    server.api(shell, door).get("/api/effects").path("effects"),
                    "no call waits for your answer",
                    "id",
                    "tool",
                    "arguments",
                    "attempts",
                    "dispatched_at",
                    "thread_id",
                    "title");
        }
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Show what is known of a call: tool, arguments, when it was sent, how often, in which thread.")
    int show(
            @Parameters(paramLabel = "ID", description = "the effect's id, or its first 8 characters or more")
                    String id) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            listing.printOne(shell, api.get(path(api, id)));
        }
        return 0;
    }

    @Command(
            name = "resolve",
            mixinStandardHelpOptions = true,
            description = "Say what became of a call: have it sent again, or say that it happened or did not.")
    int resolve(
            @Parameters(paramLabel = "ID", description = "the effect's id, or its first 8 characters or more")
                    String id,
            @ArgGroup(multiplicity = "1") Finding finding) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            JsonNode effect =
                    api.post(path(api, id) + "/resolution", Json.object().put("resolution", finding.word()));
            if (listing.json) {
                listing.printOne(shell, effect);
            } else {
                shell.out()
                        .println("noted for " + Style.line(effect.path("tool").asText(), 128) + " "
                                + effect.path("id").asText() + ". " + finding.consequence());
            }
        }
        return 0;
    }

    private static String path(Api api, String given) {
        String id = ShortId.whole(given, () -> {
            List<String> ids = new ArrayList<>();
            api.get("/api/effects")
                    .path("effects")
                    .forEach(item -> ids.add(item.path("id").asText()));
            return ids;
        });
        return "/api/effects/" + Api.encode(id);
    }
}
