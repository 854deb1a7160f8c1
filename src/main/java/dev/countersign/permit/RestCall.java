package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request before it is sent. Path segments and query values are encoded on the way in.
 *
 * @param what in words, for messages: "approve the access request"
 * @param bearer an Elements bearer token, or null for the API key
 * @param body JSON, or null for none
 * @param repeatable whether sending it twice is the same as once
 */
record RestCall(
        String what,
        String method,
        URI uri,
        @Nullable String bearer,
        @Nullable JsonNode body,
        boolean repeatable) {
    static Path get(String what, URI base) {
        return new Path(what, "GET", base);
    }

    static Path post(String what, URI base) {
        return new Path(what, "POST", base);
    }

    static Path put(String what, URI base) {
        return new Path(what, "PUT", base);
    }

    static Path patch(String what, URI base) {
        return new Path(what, "PATCH", base);
    }

    static Path delete(String what, URI base) {
        return new Path(what, "DELETE", base);
    }

    /** Collects the parts of a call. */
    static final class Path {
        private final String what;
        private final String method;
        private final StringBuilder path;
        private final List<String> query = new ArrayList<>();
        private @Nullable String bearer;
        private @Nullable JsonNode body;
        private boolean repeatable;

        private Path(String what, String method, URI base) {
            this.what = what;
            this.method = method;
            this.path = new StringBuilder(base.toString().replaceAll("/+$", ""));
            this.repeatable = method.equals("GET");
        }

        /** Appends segments; each is one segment whatever it holds. */
        Path at(String... segments) {
            for (String segment : segments) {
                path.append('/').append(Keys.encoded(segment));
            }
            return this;
        }

        Path with(String name, @Nullable Object value) {
            if (value != null) {
                query.add(Keys.encoded(name) + "=" + Keys.encoded(value.toString()));
            }
            return this;
        }

        Path as(@Nullable String elementToken) {
            bearer = elementToken;
            return this;
        }

        Path body(JsonNode json) {
            body = json;
            return this;
        }

        /** A POST that only asks: it may be sent again. */
        Path onlyAsks() {
            repeatable = true;
            return this;
        }

        RestCall end() {
            String suffix = query.isEmpty() ? "" : "?" + String.join("&", query);
            return new RestCall(what, method, URI.create(path + suffix), bearer, body, repeatable);
        }
    }

    String bodyText() {
        return body == null ? "" : Json.write(body);
    }
}
