package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Elements tokens: opaque to clients, good for one user in one tenant until they expire. They are signed with a key that
 * follows from the API key, so nothing is stored and they outlive a restart.
 */
final class ElementsTokens {
    private static final String PREFIX = "elt_";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    ElementsTokens(String apiKey) {
        key = new SecretKeySpec(("elements|" + apiKey).getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /** Who a token speaks for, by id. */
    record Bearer(String userId, String tenantId) {}

    String issue(Bearer bearer, long expiresAtMillis) {
        byte[] nonce = new byte[9];
        random.nextBytes(nonce);
        String claims = Json.object()
                .put("u", bearer.userId())
                .put("t", bearer.tenantId())
                .put("x", expiresAtMillis)
                .put("n", HexFormat.of().formatHex(nonce))
                .toString();
        String payload = ENCODER.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        return PREFIX + payload + "." + ENCODER.encodeToString(sign(payload));
    }

    /** Empty for anything that this emulator did not issue, and for what has expired. */
    Optional<Bearer> read(String token, long nowMillis) {
        int dot = token.indexOf('.');
        if (!token.startsWith(PREFIX) || dot < 0) {
            return Optional.empty();
        }
        String payload = token.substring(PREFIX.length(), dot);
        try {
            byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
            if (!MessageDigest.isEqual(signature, sign(payload))) {
                return Optional.empty();
            }
            JsonNode claims = Json.read(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
            boolean expired = claims.path("x").asLong() <= nowMillis;
            return expired
                    ? Optional.empty()
                    : Optional.of(new Bearer(
                            claims.path("u").asText(), claims.path("t").asText()));
        } catch (IllegalArgumentException | CountersignException e) {
            return Optional.empty();
        }
    }

    private byte[] sign(String payload) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(payload.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
