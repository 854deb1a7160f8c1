package dev.countersign.server;

import dev.countersign.core.CountersignException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/**
 * {@code /healthz}: the process answers. {@code /readyz}: it can do its work, that is, its store answers; 503 otherwise. {@code
 * /metrics}: figures without a name or a text of anybody. Permit is no part of readiness: while it is away, requests wait.
 */
final class OperationRoutes {
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final Operations operations;
    private final boolean loopbackOnly;

    OperationRoutes(Operations operations, boolean loopbackOnly) {
        this.operations = operations;
        this.loopbackOnly = loopbackOnly;
    }

    void on(RoutesConfig routes) {
        routes.get("/healthz", context -> Wire.answer(context, 200, Map.of("status", "ok")));
        routes.get("/readyz", this::ready);
        routes.get("/metrics", this::metrics);
    }

    private void ready(Context context) {
        if (!operations.ready().getAsBoolean()) {
            throw new CountersignException(
                    ServerErrors.NOT_READY,
                    "the store does not answer; what was acknowledged is kept, try again later");
        }
        Wire.answer(context, 200, Map.of("status", "ready"));
    }

    private void metrics(Context context) {
        String token = operations.token().value();
        if (token.isEmpty() && !loopbackOnly) {
            throw new CountersignException(
                    ServerErrors.NO_METRICS,
                    "figures are told on loopback only, unless COUNTERSIGN_METRICS_TOKEN is set and shown");
        }
        if (!token.isEmpty() && !same(token, Gatekeeper.bearer(context))) {
            throw new CountersignException(ServerErrors.NO_METRICS, "this token does not open the figures");
        }
        context.contentType(TEXT_FORMAT).result(operations.figures().get());
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
