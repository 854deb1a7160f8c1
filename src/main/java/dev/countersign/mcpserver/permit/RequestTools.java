package dev.countersign.mcpserver.permit;

import dev.countersign.mcpserver.Effect;
import dev.countersign.mcpserver.Field;
import dev.countersign.mcpserver.Schemas;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.mcpserver.ToolDefinition;
import dev.countersign.mcpserver.ToolHandler;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The five tools of one kind of request: create, list, approve, deny, cancel. */
final class RequestTools {
    private static final int COMMENT_CHARS_MAX = 4_000;
    private static final int REQUESTS_A_PAGE = 30;

    private final Permit permit;
    private final Wording wording;
    private final Filing filing;
    private final Decisions decisions;

    RequestTools(Permit permit, Wording wording) {
        this.permit = permit;
        this.wording = wording;
        this.filing = new Filing(permit, wording);
        this.decisions = new Decisions(permit, wording);
    }

    List<ToolDefinition> all() {
        return List.of(
                create(),
                list(),
                settling(
                        "approve",
                        "Approves %s as its reviewer. Final. Only a reviewer may, and nobody their own.",
                        true,
                        this::approved),
                settling(
                        "deny",
                        "Denies %s as its reviewer. Final. Say why in the comment; the requester reads it.",
                        true,
                        this::denied),
                settling("cancel", "Withdraws the acting user's own pending %s.", false, this::canceled));
    }

    private ToolDefinition create() {
        return new ToolDefinition(
                new ToolDefinition.Face("create_" + wording.noun(), "Create " + wording.one(), filing.description()),
                filing.fields(),
                resultSchema("created"),
                Effect.ADDS,
                call -> result("created", filing.file(call), call));
    }

    private ToolDefinition list() {
        List<Field> fields = new ArrayList<>();
        fields.add(Field.choice(
                        "status", List.of("pending", "approved", "denied", "canceled"), "Only requests in this status.")
                .optional());
        if (wording == Wording.ACCESS) {
            fields.add(Field.key("role", "Only requests for this role.").optional());
        }
        fields.add(Field.key("resource_instance", "Only requests for the resource instance with this key.")
                .optional());
        fields.addAll(Paging.fields(REQUESTS_A_PAGE));
        return new ToolDefinition(
                new ToolDefinition.Face(
                        "list_" + wording.plural(),
                        "List " + wording.words() + "s",
                        "Lists the acting user's own " + wording.words() + "s and those the user may decide"
                                + " (you_may_decide)."),
                fields,
                Paging.schema(RequestView.schema()),
                Effect.READS,
                this::listed);
    }

    private Map<String, Object> listed(ToolCall call) {
        RequestFilter filter = new RequestFilter(
                call.arguments()
                        .optional("status")
                        .map(word -> RequestStatus.valueOf(word.toUpperCase(Locale.ROOT)))
                        .orElse(null),
                call.arguments().optional("role").orElse(null),
                call.arguments().optional("resource_instance").orElse(null),
                call.arguments().number("page"),
                call.arguments().number("per_page"));
        Page<PermitRequest> page = permit.list(wording.kind(), call.user(), filter);
        Names names = new Names(permit);
        return Paging.json(call, page, request -> RequestView.json(request, call.user(), names));
    }

    private ToolDefinition settling(String verb, String description, boolean comments, ToolHandler handler) {
        List<Field> fields = new ArrayList<>();
        fields.add(Field.uuid(
                wording.id(), "Id of the " + wording.words() + ", as list_" + wording.plural() + " shows it."));
        if (comments) {
            fields.add(Field.text("reviewer_comment", COMMENT_CHARS_MAX, "The reviewer's own words to the requester.")
                    .optional());
        }
        String title = verb.substring(0, 1).toUpperCase(Locale.ROOT) + verb.substring(1) + " " + wording.one();
        return new ToolDefinition(
                new ToolDefinition.Face(verb + "_" + wording.noun(), title, String.format(description, ownOrAny(verb))),
                fields,
                resultSchema("approved", "denied", "canceled"),
                Effect.SETTLES,
                handler);
    }

    private String ownOrAny(String verb) {
        return verb.equals("cancel") ? wording.words() : wording.one();
    }

    private Map<String, Object> approved(ToolCall call) {
        return settled(
                call, RequestStatus.APPROVED, id -> permit.approve(wording.kind(), id, call.user(), comment(call)));
    }

    private Map<String, Object> denied(ToolCall call) {
        return settled(call, RequestStatus.DENIED, id -> permit.deny(wording.kind(), id, call.user(), comment(call)));
    }

    private Map<String, Object> canceled(ToolCall call) {
        return settled(call, RequestStatus.CANCELED, id -> permit.cancel(wording.kind(), id, call.user()));
    }

    private Map<String, Object> settled(ToolCall call, RequestStatus wanted, Decisions.Step step) {
        PermitRequest request = decisions.settle(call, wanted, step);
        return result(RequestView.word(request.status()), request, call);
    }

    private static @Nullable String comment(ToolCall call) {
        return call.arguments().optional("reviewer_comment").orElse(null);
    }

    private Map<String, Object> result(String status, PermitRequest request, ToolCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", status);
        json.put(wording.noun(), RequestView.json(request, call.user(), new Names(permit)));
        return json;
    }

    private Map<String, Object> resultSchema(String... words) {
        return Schemas.object("status", Schemas.choice(words), wording.noun(), RequestView.schema());
    }
}
