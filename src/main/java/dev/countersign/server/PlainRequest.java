package dev.countersign.server;

import dev.countersign.core.CountersignException;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a request has to look like before anything in it is believed. A header or parameter that counts is said once: of two, this
 * server and whatever stands in front of it might each believe another.
 */
final class PlainRequest {
    private static final List<String> SAID_ONCE = List.of(
            "Authorization",
            "Host",
            "Origin",
            "Content-Type",
            "Content-Encoding",
            "Content-Length",
            "Transfer-Encoding",
            "Idempotency-Key",
            "If-None-Match",
            "Last-Event-ID",
            "Mcp-Session-Id",
            "MCP-Protocol-Version");

    private static final Pattern HALF_AN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private PlainRequest() {}

    static void require(Context context) {
        for (String name : SAID_ONCE) {
            if (Collections.list(context.req().getHeaders(name)).size() > 1) {
                throw unreadable("expected the header " + name + " once, got it more often");
            }
        }
        String query = context.req().getQueryString();
        if (query != null && HALF_AN_ESCAPE.matcher(query).find()) {
            // The HTTP library would leave such a parameter out, and with it what its sender wished for.
            throw unreadable("expected a query in percent-encoding, got a part of it in none");
        }
        for (List<String> values : parameters(context).values()) {
            if (values.size() > 1) {
                throw unreadable("expected each parameter of the query once, got one more often");
            }
        }
    }

    /** Refuses parameters that nobody knows: a filter with a typing error would show what was not asked for. */
    static void requireOnly(Context context, Collection<String> known) {
        if (!known.containsAll(parameters(context).keySet())) {
            throw unreadable("expected no parameters but " + known + ", got another one");
        }
    }

    private static Map<String, List<String>> parameters(Context context) {
        try {
            return context.queryParamMap();
        } catch (IllegalArgumentException e) {
            throw new CountersignException(ServerErrors.UNREADABLE, "expected a query in percent-encoding", e);
        }
    }

    private static CountersignException unreadable(String words) {
        return new CountersignException(ServerErrors.UNREADABLE, words);
    }
}
