package dev.countersign.server;

import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.core.CountersignException;
import dev.countersign.core.LogContext;
import dev.countersign.core.Principal;
import io.javalin.http.Context;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is asking, and from where. Nothing gets past without a valid login, and no foreign page gets past at all. */
final class Gatekeeper {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final String LOGIN = "dev.countersign.login";

    private final Logins logins;
    private final boolean loopbackOnly;

    Gatekeeper(Logins logins, String host) {
        this.logins = logins;
        this.loopbackOnly = LOOPBACK.contains(host);
    }

    /** Whether nobody but this machine can reach the server. */
    boolean isLoopbackOnly() {
        return loopbackOnly;
    }

    /**
     * Refuses a page from elsewhere: its Origin must be the Host it talks to, and a server on loopback must be called by a
     * loopback name, since otherwise any name that an attacker's DNS points here would do.
     */
    void requireOwnOrigin(Context context) {
        String host = context.header("Host");
        if (loopbackOnly && (host == null || !LOOPBACK.contains(nameOf(host)))) {
            throw new CountersignException(
                    ServerErrors.FOREIGN, "expected the Host header to name this machine, got another");
        }
        String origin = context.header("Origin");
        if (origin != null && !isOwn(origin, host)) {
            throw new CountersignException(ServerErrors.FOREIGN, "pages from another origin may not call this server");
        }
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String nameOf(String host) {
        int colon = host.lastIndexOf(':');
        boolean port = colon > 0 && !host.endsWith("]");
        return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    }

    /** Proves the request's login and remembers it for {@link #principal}. */
    void requireLogin(Context context) {
        LoginTokens.Login login = logins.verify(bearer(context));
        context.attribute(LOGIN, login);
        LogContext.serves(login.principal().user());
    }

    static String bearer(Context context) {
        String header = context.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw new CountersignException(
                    ServerErrors.NO_LOGIN,
                    "expected the header 'Authorization: Bearer TOKEN' with a token from POST /token, got none");
        }
        return header.substring(7).strip();
    }

    static LoginTokens.Login login(Context context) {
        LoginTokens.Login login = context.attribute(LOGIN);
        if (login == null) {
            // A route that forgot the gate: refuse, never serve.
            throw new CountersignException(ServerErrors.NO_LOGIN, "log in first");
        }
        return login;
    }

    static Principal principal(Context context) {
        return login(context).principal();
    }
}
