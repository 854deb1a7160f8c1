package dev.countersign.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach Permit.
 *
 * @param apiKey empty when none is set: then the embedded emulator is used
 * @param apiUrl REST base without trailing slash; default {@code https://api.permit.io}
 * @param pdpUrl PDP base without trailing slash; default the cloud PDP
 * @param tenant tenant key; default {@code default}
 * @param projectId what {@code PROJECT_ID} says; only compared with the key's own scope
 * @param environmentId what {@code ENV_ID} says; only compared with the key's own scope
 * @param resource resource type key; default {@code restaurants}
 * @param accessElement key of the user-management element; default {@code restaurant-requests}
 * @param operationElement key of the approval element; default {@code dish-requests}
 * @param webhookSecret bearer secret of Permit's webhooks; empty when none is expected
 * @param timeout deadline of one call; default 10 s
 * @param callsPerMinute how many requests the search for decisions may send in a minute, {@link #CALLS_MIN} to {@link
 *     #CALLS_MAX}; default 600, well under the 1,000 that Permit allows a whole environment
 */
public record PermitConfig(
        Secret apiKey,
        URI apiUrl,
        URI pdpUrl,
        String tenant,
        Optional<String> projectId,
        Optional<String> environmentId,
        String resource,
        String accessElement,
        String operationElement,
        Secret webhookSecret,
        Duration timeout,
        int callsPerMinute) {
    /** Less would not do for one approval at a time. */
    public static final int CALLS_MIN = 60;

    /** What Permit publishes as its limit. */
    public static final int CALLS_MAX = 1_000;

    /** Permit's cloud PDP: role- and relationship-based rules only. */
    public static final URI CLOUD_PDP = URI.create("https://cloudpdp.api.permit.io");

    /** Whether a key is set; without one the embedded emulator stands in. */
    public boolean hasKey() {
        return !apiKey.value().isEmpty();
    }

    /** The same settings with another secret of webhooks. */
    public PermitConfig withWebhookSecret(Secret secret) {
        return new PermitConfig(
                apiKey,
                apiUrl,
                pdpUrl,
                tenant,
                projectId,
                environmentId,
                resource,
                accessElement,
                operationElement,
                secret,
                timeout,
                callsPerMinute);
    }

    /** The same settings aimed at another place, such as an emulator that has just been started. */
    public PermitConfig at(URI api, URI pdp, Secret key) {
        return new PermitConfig(
                key,
                api,
                pdp,
                tenant,
                Optional.empty(),
                Optional.empty(),
                resource,
                accessElement,
                operationElement,
                webhookSecret,
                timeout,
                callsPerMinute);
    }
}
