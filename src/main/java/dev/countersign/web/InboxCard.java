package dev.countersign.web;

import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ToolRisk;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import dev.countersign.web.Shown.Argument;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a reviewer decides on: a request, or several that are the same in all that counts.
 *
 * @param ids Permit's ids, oldest first
 * @param what is asked for, in words
 * @param steps where the conversation is walked through; empty for who may not see it
 * @param agent which agent asks; empty when the request was not filed here, and so are tool, arguments and deadline
 */
record InboxCard(
        List<String> ids,
        String requester,
        String what,
        String reason,
        Instant created,
        String agent,
        String tool,
        List<Argument> arguments,
        @Nullable Instant deadline,
        Stakes stakes,
        String steps) {
    InboxCard {
        ids = List.copyOf(ids);
        arguments = List.copyOf(arguments);
    }

    /**
     * How much a yes may cost, as the agent's file states it.
     *
     * @param colour bad, warn or none
     * @param note why, in a line; empty when no more is said
     */
    record Stakes(String words, String colour, String note) {
        /** What is not stated is told as that, and in no colour of something that was weighed. */
        static final Stakes UNSTATED = new Stakes("risk not stated", "", "");

        static Stakes of(ToolRisk risk) {
            String colour = switch (risk.risk()) {
                case "high" -> "bad";
                case "medium" -> "warn";
                default -> "";
            };
            String note = risk.note();
            return new Stakes(risk.risk() + " risk", colour, note == null ? "" : note);
        }
    }

    static InboxCard of(
            List<PermitRequest> same, @Nullable ApprovalView ours, Optional<ToolRisk> risk, NameBook names) {
        PermitRequest oldest = same.get(0);
        return new InboxCard(
                same.stream().map(PermitRequest::id).toList(),
                names.user(oldest.requester()),
                what(oldest, names),
                oldest.reason(),
                oldest.createdAt(),
                ours == null ? "" : ours.agent(),
                ours == null ? "" : ours.tool(),
                ours == null ? List.of() : Shown.arguments(ours.arguments()),
                ours == null ? null : ours.deadline(),
                risk.map(Stakes::of).orElse(Stakes.UNSTATED),
                "");
    }

    /** The same for somebody who may see the conversation. */
    InboxCard open(@Nullable ApprovalView ours) {
        return ours == null
                ? this
                : new InboxCard(
                        ids,
                        requester,
                        what,
                        reason,
                        created,
                        agent,
                        tool,
                        arguments,
                        deadline,
                        stakes,
                        "/threads/" + ours.threadId() + "/asked/" + ours.id());
    }

    /** What a request asks for, in words. */
    static String what(PermitRequest request, NameBook names) {
        String instance = names.instance(request.resourceInstance());
        String role = request.role();
        if (request.kind() == RequestKind.ACCESS) {
            return "access to " + (instance.isEmpty() ? "everything" : instance) + (role == null ? "" : " as " + role);
        }
        String operation = request.operation();
        return (operation == null ? "an operation" : operation) + (instance.isEmpty() ? "" : " at " + instance);
    }

    /** Its place on the page. */
    String id() {
        return place(ids.get(0));
    }

    static String place(String firstId) {
        return "g-" + firstId;
    }

    /** Its ids in one field of a form. */
    String joined() {
        return String.join(",", ids);
    }
}
