package dev.countersign.emulator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One endpoint.
 *
 * @param pattern path segments; those in braces take any non-empty text
 */
record Route(String method, List<String> pattern, Access access, Handler handler) {
    /** What a route demands of its caller. */
    enum Access {
        /** Nothing. */
        OPEN,
        /** The API key; error bodies are Permit's REST ones. */
        API_KEY,
        /** An Elements token; an API key is refused. */
        ELEMENTS,
        /** The API key; error bodies are the PDP front's plain text. Reads only. */
        PDP,
        /** The API key; error bodies are those of the PDP's second server. Reads only. */
        PDP_HORIZON,
        /** The API key, from a loopback address; exempt from faults and log. */
        CONTROL
    }

    /** What an endpoint does within its transaction. */
    @FunctionalInterface
    interface Handler {
        Reply handle(Call call);
    }

    static Route of(String method, String path, Access access, Handler handler) {
        return new Route(method, List.of(path.substring(1).split("/")), access, handler);
    }

    /** Only what may write takes the write lock. */
    boolean writes() {
        boolean reading = access == Access.PDP || access == Access.PDP_HORIZON || method.equals("GET");
        return !reading;
    }

    Optional<Map<String, String>> match(String requestMethod, List<String> segments) {
        if (!method.equals(requestMethod) || segments.size() != pattern.size()) {
            return Optional.empty();
        }
        Map<String, String> parts = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String expected = pattern.get(i);
            String got = segments.get(i);
            if (!expected.startsWith("{")) {
                if (!expected.equals(got)) {
                    return Optional.empty();
                }
            } else if (got.isEmpty()) {
                return Optional.empty();
            } else {
                parts.put(expected.substring(1, expected.length() - 1), got);
            }
        }
        return Optional.of(parts);
    }
}
