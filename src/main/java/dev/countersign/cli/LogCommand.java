package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.app.RunningServer;
import dev.countersign.core.Json;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.LogHead;
import dev.countersign.log.LogPage;
import dev.countersign.log.LogRow;
import dev.countersign.log.LogVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The decision log, for whoever owns the state folder. The rows come from the server; whether they fit is found out here. */
@Command(
        name = "log",
        description = "Check the hash-chained log of every request, decision and effect, or print its head.")
final class LogCommand {
    private static final int BROKEN = 1;

    private final Shell shell;

    LogCommand(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "head",
            mixinStandardHelpOptions = true,
            description = "Print the log's newest row as SEQ:HASH, to be kept somewhere else.")
    int head(@Mixin ServerOptions server, @Mixin Listing listing) {
        try (Door door = server.door(shell)) {
            LogHead head = new Pages(shell, door).from("0&limit=0").head();
            if (listing.json) {
                listing.printOne(shell, Json.object().put("seq", head.seq()).put("hash", head.hash()));
            } else {
                shell.out().println(head);
            }
        }
        return 0;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Read the whole log and check that no row was changed, taken out or moved.",
            footer = "Exit codes: 0 intact, 1 broken.")
    int verify(
            @Mixin ServerOptions server,
            @Mixin Listing listing,
            @Option(
                            names = "--head",
                            paramLabel = "SEQ:HASH",
                            description =
                                    "a head that was kept: without one, rows that were all written anew are not told apart")
                    @Nullable
                    String kept) {
        LogHead head = kept == null ? null : LogHead.parse(kept);
        try (Door door = server.door(shell)) {
            Pages pages = new Pages(shell, door);
            LogVerdict verdict = ChainCheck.of(pages::after, head);
            if (listing.json) {
                listing.printOne(shell, json(verdict));
            } else {
                words(verdict, head).forEach(shell.out()::println);
            }
            return verdict.intact() ? 0 : BROKEN;
        }
    }

    private static ObjectNode json(LogVerdict verdict) {
        ObjectNode json = Json.object()
                .put("intact", verdict.intact())
                .put("rows", verdict.head().seq());
        if (verdict instanceof LogVerdict.Broken broken) {
            return json.put("bad_seq", broken.seq())
                    .put("problem", broken.problem())
                    .put("expected", broken.expected())
                    .put("got", broken.got());
        }
        return json.put("head", verdict.head().toString());
    }

    private static List<String> words(LogVerdict verdict, @Nullable LogHead kept) {
        if (verdict instanceof LogVerdict.Broken broken) {
            return List.of(
                    "broken at row " + broken.seq() + ": " + broken.problem(),
                    "expected: " + Style.line(broken.expected(), 200),
                    "got: " + Style.line(broken.got(), 200),
                    "Rows 1 to " + broken.head().seq() + " are in order. Compare with a copy of the store.");
        }
        String rows = verdict.head().seq() == 0
                ? "the log is empty, and nothing says that it was not"
                : "intact: " + verdict.head().seq() + " rows, each as it was written";
        return kept == null
                ? List.of(rows, "head: " + verdict.head())
                : List.of(rows + "; the head that was kept is among them", "head: " + verdict.head());
    }

    /** Pages over the wire. Each is asked for with a token of its own, since a long log may outlive one. */
    private record Pages(Shell shell, Door door) {
        LogPage after(long seq) {
            return from(Long.toString(seq));
        }

        LogPage from(String query) {
            String token = RunningServer.operatorToken(shell.config().store());
            JsonNode page = new Api(Api.client(), door.url(), token).get("/operator/log?after=" + query);
            List<LogRow> rows = new ArrayList<>();
            page.path("rows").forEach(row -> rows.add(row(row)));
            JsonNode head = page.path("head");
            return new LogPage(
                    rows,
                    new LogHead(head.path("seq").asLong(), head.path("hash").asText()));
        }

        private static LogRow row(JsonNode row) {
            return new LogRow(
                    row.path("seq").asLong(),
                    row.path("at").asLong(),
                    row.path("kind").asText(),
                    row.path("thread_id").asText(),
                    row.path("subject").asText(),
                    Optional.of(row.path("actor"))
                            .filter(JsonNode::isTextual)
                            .map(JsonNode::asText)
                            .orElse(null),
                    row.path("detail").asText(),
                    row.path("hash").asText());
        }
    }
}
