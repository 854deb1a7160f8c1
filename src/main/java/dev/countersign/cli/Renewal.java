package dev.countersign.cli;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Renews a login from what the token file keeps of it, one command at a time: a refresh token is good for one use, and two
 * commands that used it would end the login.
 */
final class Renewal implements UnaryOperator<String> {
    private final TokenFile tokens;
    private final HttpClient http;
    private final URI url;
    private final String server;
    private final String user;

    Renewal(TokenFile tokens, Door door, HttpClient http, String user) {
        this.tokens = tokens;
        this.http = http;
        this.url = door.url();
        this.server = door.name();
        this.user = user;
    }

    @Override
    public String apply(String stale) {
        return tokens.alone(() -> renewed(stale));
    }

    private String renewed(String stale) {
        Optional<String> kept = tokens.token(server, user).filter(token -> !token.equals(stale));
        if (kept.isPresent()) {
            // Another command was here a moment ago.
            return kept.get();
        }
        return tokens.refresh(server, user).map(this::refreshed).orElse(stale);
    }

    private String refreshed(String refresh) {
        try {
            Api.Tokens next = Api.refresh(http, url, refresh);
            tokens.remember(server, user, next);
            return next.access();
        } catch (CountersignException e) {
            if (e.code().kind() == ErrorCode.Kind.UNAUTHENTICATED) {
                tokens.forget(server, user);
            }
            throw e;
        }
    }
}
