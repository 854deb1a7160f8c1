package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.core.Principal;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;

/** {@code POST /token} in the OAuth2 password form, who am I, and the operator's adding of accounts. */
final class LoginRoutes {
    private static final int NAME_CHARS_MAX = 128;
    private static final int PASSWORD_CHARS_MAX = 200;

    private final Logins logins;

    LoginRoutes(Logins logins) {
        this.logins = logins;
    }

    void on(RoutesConfig routes) {
        routes.post("/token", this::token);
        routes.get("/api/me", LoginRoutes::me);
        routes.post("/operator/users", this::add);
    }

    private void token(Context context) {
        String user = context.formParam("username");
        String password = context.formParam("password");
        if (user == null || password == null || password.length() > PASSWORD_CHARS_MAX) {
            throw ServerErrors.badRequest("expected a form with username and password"
                    + " (Content-Type: application/x-www-form-urlencoded), got something else");
        }
        context.header("Cache-Control", "no-store");
        Wire.answer(context, 200, Map.of("access_token", logins.login(user, password), "token_type", "bearer"));
    }

    private static void me(Context context) {
        LoginTokens.Login login = Gatekeeper.login(context);
        Wire.answer(
                context,
                200,
                Map.of(
                        "user", login.principal().user(),
                        "expires_at", login.expiresAt().toString()));
    }

    private void add(Context context) {
        JsonNode body = Wire.body(context);
        Principal user = new Principal(Wire.text(body, "user", NAME_CHARS_MAX));
        logins.add(Gatekeeper.bearer(context), user, Wire.text(body, "password", PASSWORD_CHARS_MAX));
        Wire.answer(context, 201, Map.of("user", user.user()));
    }
}
