package dev.countersign.permit;

import dev.countersign.config.PermitConfig;

/** Opens the port to Permit. */
public final class Permits {
    private Permits() {}

    /**
     * Connects: reads once what the API key opens, and compares it with the settings.
     *
     * @return a port that is safe for many threads, holds no connection while idle, and needs no closing
     * @throws PermitException {@code CS-301} when Permit cannot be reached, {@code CS-306} when it refuses the key, {@code
     *     CS-309} when the key is not one environment's or contradicts {@code PROJECT_ID} or {@code ENV_ID}
     */
    public static Permit connect(PermitConfig config) {
        if (!config.hasKey()) {
            throw Failures.badScope("expected PERMIT_API_KEY, got none. Set it in the environment or in .env.");
        }
        Rest rest = new Rest(config.apiKey(), config.timeout());
        PermitScope scope = Scopes.read(rest, config, Deadline.in(config.timeout()));
        return new PermitClient(config, Place.of(config, scope), rest);
    }
}
