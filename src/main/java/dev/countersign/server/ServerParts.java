package dev.countersign.server;

import dev.countersign.account.Logins;
import dev.countersign.config.Secret;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.log.DecisionLog;
import dev.countersign.permit.Permit;

/**
 * What the server serves.
 *
 * @param about what it runs on, told to whoever has logged in
 * @param webhookSecret what Permit's webhooks have to show; empty takes none
 * @param operations what its operator may look at
 */
public record ServerParts(
        AgentRuntime runtime,
        Permit permit,
        Logins logins,
        DecisionLog log,
        About about,
        Secret webhookSecret,
        Operations operations) {
    /**
     * What stands behind the server, in plain words.
     *
     * @param permit where Permit is
     * @param model which model answers
     */
    public record About(String permit, String model) {}
}
