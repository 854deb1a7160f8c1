package dev.countersign.server;

import dev.countersign.account.Logins;
import dev.countersign.log.DecisionLog;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/**
 * The decision log page by page, for whoever owns the state folder. Whoever reads checks: a server that judged its own log would
 * have to be believed.
 */
final class LogRoutes {
    private static final int ROWS_MAX = 1_000;

    private final DecisionLog log;
    private final Logins logins;

    LogRoutes(DecisionLog log, Logins logins) {
        this.log = log;
        this.logins = logins;
    }

    void on(RoutesConfig routes) {
        routes.get("/operator/log", this::page);
    }

    private void page(Context context) {
        logins.requireOperator(Gatekeeper.bearer(context));
        long after = Wire.position(context, "after");
        Wire.answer(context, 200, log.page(after, Wire.number(context, "limit", ROWS_MAX, ROWS_MAX)));
    }
}
