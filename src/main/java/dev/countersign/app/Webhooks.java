package dev.countersign.app;

import dev.countersign.config.PermitConfig;
import dev.countersign.permit.Finding;
import java.net.URI;

/** What is said of webhooks, in the banner and by the doctor. */
final class Webhooks {
    private static final int SECRET_CHARS_MIN = 16;
    private static final String ASKING = "decisions are found by asking Permit, rarer with a request's age";

    private Webhooks() {}

    static String words(PermitConfig permit, URI server) {
        return permit.webhookSecret().value().isEmpty()
                ? "webhooks are off, COUNTERSIGN_WEBHOOK_SECRET is not set; " + ASKING
                : "webhooks of decisions are taken at POST " + server + "/webhooks/permit; without them " + ASKING;
    }

    static Finding finding(PermitConfig permit) {
        String secret = permit.webhookSecret().value();
        if (secret.isEmpty() && permit.hasKey()) {
            return new Finding(
                    Finding.Level.WARN,
                    "webhooks",
                    "off, COUNTERSIGN_WEBHOOK_SECRET is not set; " + ASKING,
                    "Set a long random secret here and in the elements' webhook at Permit; docs/webhooks.md says how.");
        }
        if (secret.isEmpty()) {
            return new Finding(
                    Finding.Level.OK, "webhooks", "the embedded emulator has a secret of its own for them", "");
        }
        return secret.length() < SECRET_CHARS_MIN
                ? new Finding(
                        Finding.Level.WARN,
                        "webhooks",
                        "COUNTERSIGN_WEBHOOK_SECRET has fewer than " + SECRET_CHARS_MIN + " characters",
                        "Take a random one that nobody can guess: openssl rand -hex 24.")
                : new Finding(Finding.Level.OK, "webhooks", "POST /webhooks/permit takes what shows the secret", "");
    }
}
