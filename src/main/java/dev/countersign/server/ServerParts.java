package dev.countersign.server;

import dev.countersign.account.Logins;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.config.Secret;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.log.DecisionLog;
import dev.countersign.permit.Permit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the server serves.
 *
 * @param choices what people want to be told
 * @param about what it runs on, told to whoever has logged in
 * @param webhookSecret what Permit's webhooks have to show; empty takes none
 * @param operations what its operator may look at
 * @param mcp what answers other agents
 */
public record ServerParts(
        AgentRuntime runtime,
        Hindsight hindsight,
        Permit permit,
        Logins logins,
        DecisionLog log,
        NotificationChoices choices,
        About about,
        Secret webhookSecret,
        Operations operations,
        Mcp mcp) {
    /**
     * What stands behind the server, in plain words.
     *
     * @param permit where Permit is
     * @param model which model answers
     * @param channels the ways by which people are told of things outside of this server's own pages
     */
    public record About(String permit, String model, List<Channel> channels) {
        public About {
            channels = List.copyOf(channels);
        }

        /** Without a way to tell people. */
        public About(String permit, String model) {
            this(permit, model, List.of());
        }
    }

    /** Tools for other agents. */
    @FunctionalInterface
    public interface Mcp {
        /**
         * Answers one JSON-RPC message; acts as this login and as nobody else.
         *
         * @param version the header {@code MCP-Protocol-Version}; null when it is missing
         * @return the answer; empty when the message asks for none
         * @throws dev.countersign.core.CountersignException when it is no such message
         */
        Optional<String> answer(Principal login, @Nullable String version, String message);
    }
}
