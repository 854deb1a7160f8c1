package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Requests to review, own requests, and the decisions on them. */
@Command(
        name = "approvals",
        description = "List what waits for your review and what you wait for; approve, deny, extend or cancel.")
final class ApprovalsCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    Listing listing = new Listing();

    ApprovalsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        return list();
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List what waits for your review and what you wait for.")
    int list() {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            ArrayNode all = Json.array();
            api.get("/api/approvals/review").path("approvals").forEach(item -> all.add(forReview(item)));
            api.get("/api/approvals/mine").path("approvals").forEach(item -> all.add(own(item)));
            listing.print(
                    shell,
                    all,
                    "nothing waits for your review, and you wait for nothing",
                    "view",
                    "id",
                    "kind",
                    "status",
                    "requester",
                    "resource_name",
                    "asks_for",
                    "risk",
                    "reason");
        }
        return 0;
    }

    private static ObjectNode forReview(JsonNode item) {
        ObjectNode row = item.deepCopy();
        JsonNode asksFor = item.path("operation").isTextual() ? item.path("operation") : item.path("role");
        row.put("view", "review").put("status", "pending").set("asks_for", asksFor);
        row.put("risk", item.path("risk").asText("not stated"));
        return row;
    }

    private static ObjectNode own(JsonNode item) {
        ObjectNode row = item.deepCopy();
        JsonNode asksFor = item.path("operation").isTextual() ? item.path("operation") : item.at("/arguments/role");
        row.put("view", "mine").set("asks_for", asksFor);
        row.set("id", item.path("request_id"));
        row.set("approval_id", item.path("id"));
        row.set("status", item.path("state"));
        row.set("resource_name", item.path("resource_instance"));
        return row;
    }

    @Command(
            name = "approve",
            mixinStandardHelpOptions = true,
            description = "Approve a request, at Permit and in your name.")
    int approve(
            @Parameters(paramLabel = "ID", description = "the request's id, or its first 8 characters or more")
                    String id,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "") String comment) {
        return decide(new Decision("approve", id, comment));
    }

    @Command(
            name = "deny",
            mixinStandardHelpOptions = true,
            description = "Deny a request, at Permit and in your name.")
    int deny(
            @Parameters(paramLabel = "ID", description = "the request's id, or its first 8 characters or more")
                    String id,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "") String comment) {
        return decide(new Decision("deny", id, comment));
    }

    @Command(
            name = "extend",
            mixinStandardHelpOptions = true,
            description = "Give the reviewers of a request more time, as one of them.")
    int extend(
            @Parameters(paramLabel = "ID", description = "the request's id, or its first 8 characters or more")
                    String id,
            @Option(names = "--by", paramLabel = "TIME", required = true, description = "such as 12h or 2d")
                    String by) {
        return act(id, "extension", Json.object().put("by", by), "waits until ", "deadline");
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Withdraw a request of yours; its conversation carries on.")
    int cancel(
            @Parameters(paramLabel = "ID", description = "the request's id, or its first 8 characters or more")
                    String id) {
        return act(id, "cancel", Json.object(), "is being withdrawn; it was ", "state");
    }

    private int act(String given, String verb, ObjectNode body, String words, String field) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.whole(given, () -> openTo(api));
            JsonNode answer = api.post("/api/approvals/" + Api.encode(id) + "/" + verb, body);
            if (listing.json) {
                listing.printOne(shell, answer);
            } else {
                shell.out()
                        .println("request " + answer.path("request_id").asText(id) + " " + words
                                + answer.path(field).asText());
            }
        }
        return 0;
    }

    /** Ids a decision may name. Own requests are among them, to be refused as such. */
    private static List<String> openTo(Api api) {
        List<String> ids = new ArrayList<>();
        api.get("/api/approvals/review")
                .path("approvals")
                .forEach(item -> ids.add(item.path("id").asText()));
        api.get("/api/approvals/mine")
                .path("approvals")
                .forEach(item -> ids.add(item.path("request_id").asText()));
        return ids;
    }

    private record Decision(String verb, String id, String comment) {}

    private int decide(Decision decision) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String id = ShortId.whole(decision.id, () -> openTo(api));
            JsonNode decided = api.post(
                    "/api/approvals/" + Api.encode(id) + "/" + decision.verb,
                    Json.object().put("comment", decision.comment));
            if (listing.json) {
                listing.printOne(shell, decided);
            } else {
                shell.out()
                        .println(decided.path("status").asText() + " "
                                + decided.path("kind").asText() + " request "
                                + decided.path("id").asText());
            }
        }
        return 0;
    }
}
