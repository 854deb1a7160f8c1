package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.account.Issued;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.account.TooManyAttempts;
import dev.countersign.core.Principal;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /token} in the OAuth2 password form and its refresh, {@code POST /logout}, who am I, and the operator's care of
 * accounts.
 */
final class LoginRoutes {
    private static final int NAME_CHARS_MAX = 128;
    private static final int PASSWORD_CHARS_MAX = 200;

    private final Logins logins;

    LoginRoutes(Logins logins) {
        this.logins = logins;
    }

    void on(RoutesConfig routes) {
        routes.post("/token", this::token);
        routes.post("/logout", this::logout);
        routes.get("/api/me", LoginRoutes::me);
        routes.get("/operator/users", this::list);
        routes.post("/operator/users", this::add);
        routes.post("/operator/users/{name}/password", this::changePassword);
        routes.post("/operator/users/{name}/disable", context -> setDisabled(context, true));
        routes.post("/operator/users/{name}/enable", context -> setDisabled(context, false));
    }

    private void token(Context context) {
        context.header("Cache-Control", "no-store");
        try {
            Issued issued = issued(context);
            Wire.answer(
                    context,
                    200,
                    Map.of(
                            "access_token", issued.access(),
                            "token_type", "bearer",
                            "expires_in", issued.lifetime().toSeconds(),
                            "refresh_token", issued.refresh()));
        } catch (TooManyAttempts e) {
            context.header("Retry-After", Long.toString(e.seconds()));
            throw e;
        }
    }

    private Issued issued(Context context) {
        @Nullable String grant = context.formParam("grant_type");
        if ("refresh_token".equals(grant)) {
            return logins.refresh(field(context, "refresh_token"));
        }
        if (grant != null && !grant.isEmpty() && !grant.equals("password")) {
            throw ServerErrors.badRequest("expected grant_type to be password or refresh_token, got another");
        }
        return logins.login(field(context, "username"), field(context, "password"), context.ip());
    }

    private static String field(Context context, String name) {
        String value = context.formParam(name);
        if (value == null || value.length() > PASSWORD_CHARS_MAX) {
            throw ServerErrors.badRequest(
                    "expected a form with username and password, or with grant_type=refresh_token and"
                            + " refresh_token (Content-Type: application/x-www-form-urlencoded), got something else");
        }
        return value;
    }

    /** By the access token, or by the refresh token in a form; then nothing is said of whether it was one. */
    private void logout(Context context) {
        if (context.formParam("refresh_token") != null) {
            logins.forget(field(context, "refresh_token"));
        } else {
            logins.logout(Gatekeeper.bearer(context));
        }
        context.status(204);
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

    private void list(Context context) {
        Wire.answer(context, 200, Map.of("users", logins.list(Gatekeeper.bearer(context))));
    }

    private void add(Context context) {
        String operator = Gatekeeper.bearer(context);
        logins.requireOperator(operator);
        JsonNode body = Wire.body(context);
        Principal user = new Principal(Wire.text(body, "user", NAME_CHARS_MAX));
        logins.add(operator, user, Wire.text(body, "password", PASSWORD_CHARS_MAX));
        Wire.answer(context, 201, Map.of("user", user.user()));
    }

    private void changePassword(Context context) {
        String operator = Gatekeeper.bearer(context);
        logins.requireOperator(operator);
        Principal user = new Principal(context.pathParam("name"));
        logins.changePassword(operator, user, Wire.text(Wire.body(context), "password", PASSWORD_CHARS_MAX));
        Wire.answer(context, 200, Map.of("user", user.user()));
    }

    private void setDisabled(Context context, boolean disabled) {
        Principal user = new Principal(context.pathParam("name"));
        logins.setDisabled(Gatekeeper.bearer(context), user, disabled);
        Wire.answer(context, 200, Map.of("user", user.user()));
    }
}
