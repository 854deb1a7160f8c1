package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Secret;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /webhooks/permit}: Permit says that something was decided. It is a wake-up call and nothing more (promise 5): of
 * the payload only the requester is used, and only to choose whose requests are read back first. So a webhook that is
 * repeated, late, early, out of order, forged by somebody who knows the secret, or of another tenant changes nothing; it costs
 * at most a look. Whoever does not show the secret costs nothing. {@code docs/webhooks.md} has the outcome of each.
 *
 * <p>The check of the Host header is not made here: what it guards against, a page that speaks in a visitor's name, has no
 * secret to show, while Permit comes through whatever name the machine has outside.
 */
final class WebhookRoutes {
    static final String PATH = "/webhooks/permit";

    /** Permit's payload has some 500 bytes and a reason of at most some thousand. */
    static final int BODY_BYTES_MAX = 64 * 1024;

    private static final Map<String, String> ACCEPTED = Map.of("status", "accepted");
    private static final Map<String, String> IGNORED = Map.of("status", "ignored");

    private final AgentRuntime runtime;
    private final boolean enabled;
    private final byte[] expected;

    WebhookRoutes(AgentRuntime runtime, Secret secret) {
        this.runtime = runtime;
        this.enabled = !secret.value().isEmpty();
        this.expected = digest(secret.value());
    }

    void on(RoutesConfig routes) {
        routes.post(PATH, this::take);
    }

    private void take(Context context) {
        if (!enabled) {
            throw new CountersignException(
                    ServerErrors.WEBHOOKS_OFF, "no webhook is taken here; COUNTERSIGN_WEBHOOK_SECRET is not set");
        }
        requireSecret(context);
        Optional<String> requester = requester(Wire.object(body(context)));
        requester.ifPresent(runtime::wakeFor);
        Wire.answer(context, 202, requester.isPresent() ? ACCEPTED : IGNORED);
    }

    /** Digests have one length and are compared in constant time, so the answer's delay tells nothing of the secret. */
    private void requireSecret(Context context) {
        String header = context.header("Authorization");
        boolean bearer = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
        String shown = bearer && header != null ? header.substring(7).strip() : "";
        if (!MessageDigest.isEqual(expected, digest(shown))) {
            throw new CountersignException(
                    ServerErrors.FORGED,
                    "expected the header 'Authorization: Bearer SECRET' with this server's secret");
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Read here with a limit of its own: a body without a length is not bounded by the server's. */
    private static String body(Context context) {
        try (InputStream sent = context.req().getInputStream()) {
            byte[] bytes = sent.readNBytes(BODY_BYTES_MAX + 1);
            if (bytes.length > BODY_BYTES_MAX) {
                throw new CountersignException(
                        ServerErrors.TOO_LARGE, "expected a webhook of at most " + BODY_BYTES_MAX + " bytes, got more");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a webhook's sender went away", e);
        }
    }

    /** Whose request was decided; empty for what decides nothing: a new request, or news of users and roles. */
    private static Optional<String> requester(JsonNode payload) {
        JsonNode named = payload.path("requesting_user_id");
        boolean pending = payload.path("status").asText("").equals("pending");
        return pending || !named.isTextual() || !Principal.isKey(named.asText())
                ? Optional.empty()
                : Optional.of(named.asText());
    }
}
