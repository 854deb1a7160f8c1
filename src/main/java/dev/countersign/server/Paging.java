package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.graph.Archive;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists in pages. A cursor says where the page before ended; what stands in it is nobody's business but ours. It opens nothing:
 * whatever it says, a list holds what its reader may see.
 */
final class Paging {
    private static final Pattern CURSOR = Pattern.compile("1:(\\d{1,18}):([\\w.:|@-]{1,64})");
    private static final int CURSOR_CHARS_MAX = 200;

    private Paging() {}

    /** The part of a list that is asked for; parameters beside {@code limit}, {@code cursor} and those named are refused. */
    static Archive.Slice slice(Context context, int otherwise, int max, String... more) {
        List<String> known = new ArrayList<>(List.of("limit", "cursor"));
        known.addAll(List.of(more));
        PlainRequest.requireOnly(context, known);
        int limit = Wire.number(context, "limit", otherwise, max);
        if (limit == 0) {
            throw ServerErrors.badRequest("expected 'limit' to be a whole number from 1 to " + max);
        }
        return new Archive.Slice(mark(context.queryParam("cursor")), limit);
    }

    private static Mark mark(@Nullable String cursor) {
        if (cursor == null) {
            return Mark.NEWEST;
        }
        try {
            String text = cursor.length() > CURSOR_CHARS_MAX
                    ? ""
                    : new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            Matcher parts = CURSOR.matcher(text);
            if (parts.matches()) {
                return new Mark(Long.parseLong(parts.group(1)), parts.group(2));
            }
        } catch (IllegalArgumentException e) {
            throw notACursor(e);
        }
        throw notACursor(null);
    }

    private static CountersignException notACursor(@Nullable Throwable cause) {
        return new CountersignException(
                ServerErrors.BAD_CURSOR, "expected 'cursor' to be the 'next' of a page of this list", cause);
    }

    static String cursor(Mark mark) {
        byte[] bytes = ("1:" + mark.at() + ":" + mark.id()).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A page under its name, and where the list goes on, if it does. */
    static ObjectNode page(String name, Archive.Page<?> page) {
        ObjectNode body = Json.object();
        body.set(name, Wire.tree(page.items()));
        Mark next = page.next();
        if (next != null) {
            body.put("next", cursor(next));
        }
        return body;
    }
}
