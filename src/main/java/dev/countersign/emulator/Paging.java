package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.List;

/** A page asked for: from 1, at most 100 rows. */
record Paging(int page, int perPage) {
    private static final int LARGEST = 100;

    static Paging of(Call call, int defaultSize) {
        int page = number(call, "page", 1);
        int perPage = number(call, "per_page", defaultSize);
        if (perPage > LARGEST) {
            throw ApiError.of(
                    422, "PAGINATION_SIZE_OVERREACHED", "per_page may be at most " + LARGEST + ", got " + perPage);
        }
        return new Paging(page, perPage);
    }

    private static int number(Call call, String name, int otherwise) {
        String text = call.query(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("\\d{1,8}")) {
            throw ApiError.invalid("query", name, "value is not a valid integer", "type_error.integer");
        }
        int value = Integer.parseInt(text);
        if (value < 1) {
            throw ApiError.invalid(
                    "query", name, "ensure this value is greater than or equal to 1", "value_error.number.not_ge");
        }
        return value;
    }

    long offset() {
        return (page - 1L) * perPage;
    }

    ObjectNode envelope(List<? extends JsonNode> rows, long total) {
        ObjectNode body = Json.object();
        body.set("data", array(rows));
        body.put("total_count", total);
        body.put("page_count", (total + perPage - 1) / perPage);
        return body;
    }

    static ArrayNode array(List<? extends JsonNode> rows) {
        ArrayNode array = Json.array();
        rows.forEach(array::add);
        return array;
    }

    /** The lists that Permit sends bare unless asked for a count. */
    Reply bare(Call call, List<? extends JsonNode> rows, long total) {
        boolean enveloped =
                call.flag("include_total_count") || call.tx().switches().listsAsEnvelope();
        return Reply.ok(enveloped ? envelope(rows, total) : array(rows));
    }

    /** The lists that Permit always wraps. */
    Reply wrapped(Call call, List<? extends JsonNode> rows, long total) {
        return Reply.ok(call.tx().switches().listsAsArray() ? array(rows) : envelope(rows, total));
    }
}
