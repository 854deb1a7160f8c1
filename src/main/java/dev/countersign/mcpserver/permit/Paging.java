package dev.countersign.mcpserver.permit;

import dev.countersign.mcpserver.Field;
import dev.countersign.mcpserver.Schemas;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.permit.Page;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How lists are cut into pages: Permit's page object, with the page's own number beside it. */
final class Paging {
    private static final int PAGES_MAX = 100_000;
    private static final int PER_PAGE_MAX = 100;

    private Paging() {}

    static List<Field> fields(int perPage) {
        return List.of(
                Field.number("page", PAGES_MAX, 1, "Page of the list, from 1."),
                Field.number("per_page", PER_PAGE_MAX, perPage, "Entries a page, 1 to 100."));
    }

    static Map<String, Object> schema(Map<String, Object> entry) {
        return Schemas.object(
                "data", Schemas.list(entry),
                "page", Schemas.integer("this page, from 1"),
                "per_page", Schemas.integer("entries a page"),
                "page_count", Schemas.integer("how many pages there are"),
                "total_count", Schemas.integer("how many entries there are, as far as Permit says"));
    }

    static <T> Map<String, Object> json(ToolCall call, Page<T> page, Function<T, Map<String, Object>> entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("data", page.data().stream().map(entry).toList());
        json.put("page", call.arguments().number("page"));
        json.put("per_page", call.arguments().number("per_page"));
        json.put("page_count", page.pageCount());
        json.put("total_count", page.totalCount());
        return json;
    }
}
