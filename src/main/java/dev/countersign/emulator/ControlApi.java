package dev.countersign.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The emulator's own routes: faults, request log, audit trail, webhook outbox. No part of Permit. */
final class ControlApi {
    private static final String FAULTS = "/emulator/faults";
    private static final String REQUESTS = "/emulator/requests";
    private static final String OUTBOX = """
            SELECT seq, request_id, attempts, state, outcome FROM outbox
            ORDER BY seq DESC LIMIT :limit OFFSET :offset
            """;
    private static final int DEFAULT_SIZE = 30;

    private final Faults faults;
    private final RequestLog log;

    ControlApi(Faults faults, RequestLog log) {
        this.faults = faults;
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", FAULTS, Access.CONTROL, this::show),
                Route.of("PATCH", FAULTS, Access.CONTROL, this::change),
                Route.of("POST", FAULTS, Access.CONTROL, this::inject),
                Route.of("DELETE", FAULTS, Access.CONTROL, this::clear),
                Route.of("POST", FAULTS + "/flush-pdp", Access.CONTROL, this::flush),
                Route.of("GET", REQUESTS, Access.CONTROL, this::requests),
                Route.of("DELETE", REQUESTS, Access.CONTROL, this::forget),
                Route.of("GET", "/emulator/audit", Access.CONTROL, ControlApi::audit),
                Route.of("GET", "/emulator/webhooks", Access.CONTROL, ControlApi::webhooks));
    }

    private Reply show(Call call) {
        ObjectNode body = Json.object();
        body.set("switches", Json.mapper().valueToTree(faults.switches()));
        body.set("waiting", Json.mapper().valueToTree(faults.waiting()));
        return Reply.ok(body);
    }

    private Reply change(Call call) {
        ObjectNode wanted = call.body().node();
        faults.change(current -> {
            ObjectNode merged = Json.mapper().valueToTree(current);
            for (Map.Entry<String, JsonNode> field : wanted.properties()) {
                if (!merged.has(field.getKey())) {
                    throw ApiError.invalid("body", field.getKey(), "no such switch", "value_error");
                }
                merged.set(field.getKey(), field.getValue());
            }
            return read(merged, Switches.class);
        });
        return show(call);
    }

    private Reply inject(Call call) {
        ObjectNode sent = call.body().node();
        ObjectNode fault =
                Json.object().put("method", "").put("path", "").put("times", 1).put("value", 0);
        fault.setAll(sent);
        fault.put("kind", call.body().required("kind").toUpperCase(Locale.ROOT));
        faults.inject(read(fault, Fault.class));
        return show(call);
    }

    private static <T> T read(JsonNode node, Class<T> type) {
        try {
            return Json.mapper().treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw ApiError.invalid("body", "__root__", e.getOriginalMessage(), "value_error");
        }
    }

    private Reply clear(Call call) {
        faults.clear();
        return show(call);
    }

    private Reply flush(Call call) {
        faults.flushPdp();
        return Reply.none();
    }

    private Reply requests(Call call) {
        return Reply.ok(Json.mapper().valueToTree(log.all()));
    }

    private Reply forget(Call call) {
        log.clear();
        return Reply.none();
    }

    private static Reply audit(Call call) {
        return Reply.ok(Paging.array(call.tx().ledger().trail(Paging.of(call, DEFAULT_SIZE))));
    }

    private static Reply webhooks(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        List<ObjectNode> rows = call.tx()
                .handle()
                .createQuery(OUTBOX)
                .bind("limit", paging.perPage())
                .bind("offset", paging.offset())
                .map((row, context) -> Json.object()
                        .put("id", row.getLong("seq"))
                        .put("request_id", row.getString("request_id"))
                        .put("attempts", row.getInt("attempts"))
                        .put("state", row.getString("state"))
                        .put("outcome", row.getString("outcome")))
                .list();
        return Reply.ok(Paging.array(rows));
    }
}
