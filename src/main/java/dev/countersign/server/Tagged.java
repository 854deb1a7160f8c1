package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import io.javalin.http.Context;
import java.util.List;

/** Answers that clients ask for again and again: one that has not changed is not sent again. */
final class Tagged {
    private static final int TAG_CHARS = 32;

    private Tagged() {}

    static void answer(Context context, JsonNode body) {
        answer(context, body, body);
    }

    /**
     * Answers 200, or 304 to who has it already.
     *
     * @param lasting what of the body makes it another one: not, for instance, how long somebody waits by now
     */
    static void answer(Context context, JsonNode lasting, JsonNode body) {
        String tag = "W/\"" + Digest.of(Json.write(lasting)).substring(0, TAG_CHARS) + "\"";
        context.header("ETag", tag);
        context.header("Cache-Control", "private, no-cache");
        String known = context.header("If-None-Match");
        if (known != null
                && (known.equals("*") || List.of(known.split("\\s*,\\s*")).contains(tag))) {
            context.status(304);
        } else {
            Wire.answer(context, 200, body);
        }
    }
}
