package dev.countersign.server;

import dev.countersign.account.Logins;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.log.DecisionLog;
import dev.countersign.permit.Permit;

/**
 * What pages are made of: the same parts that the API has.
 *
 * @param choices what people want to be told
 * @param desk what reviewers see and decide
 * @param feeds what clients follow
 * @param about what the server runs on, for whoever has logged in
 * @param auditorRole whose holders see everybody's approvals; empty: nobody does
 */
public record PageParts(
        AgentRuntime runtime,
        Permit permit,
        Logins logins,
        DecisionLog log,
        NotificationChoices choices,
        Hindsight hindsight,
        ReviewDesk desk,
        Feeds feeds,
        ServerParts.About about,
        String auditorRole) {}
