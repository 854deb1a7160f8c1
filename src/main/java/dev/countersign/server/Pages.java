package dev.countersign.server;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/**
 * What is served to people beside the API, on the same port. It is handed in by whoever starts the server, so that the API knows
 * nothing of pages. Requests come to it after {@link HttpServer} has looked at their form and origin; nobody has looked for a
 * login.
 */
public interface Pages {
    /** Without pages: the API alone. */
    Pages NONE = new Pages() {
        @Override
        public void on(RoutesConfig routes) {}

        @Override
        public boolean refuse(Context context, Problem problem) {
            return false;
        }
    };

    /** Adds what it serves. */
    void on(RoutesConfig routes);

    /**
     * Answers a request that was refused, when it was a person's.
     *
     * @return whether it did; otherwise a problem document is the answer
     */
    boolean refuse(Context context, Problem problem);
}
