package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ToolRisk;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.ResourceInstance;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as its reviewer sees it: what Permit says, with names, and what we know of the call behind it.
 *
 * @param id Permit's request id
 * @param agent which agent asks; null when the request was not filed by us, and so are tool, arguments and deadline
 * @param risk what the agent's file states of the tool: low, medium or high; null when it states nothing, which is not low
 * @param riskNote why, in a line
 */
public record ReviewItem(
        String id,
        String kind,
        String requester,
        @Nullable String resourceInstance,
        @Nullable String resourceName,
        @Nullable String role,
        @Nullable String operation,
        String reason,
        Instant createdAt,
        @Nullable String agent,
        @Nullable String tool,
        @Nullable JsonNode arguments,
        @Nullable Instant deadline,
        @Nullable String risk,
        @Nullable String riskNote) {
    /** The request, with what we know of it when it is ours. */
    public static ReviewItem of(
            PermitRequest request, AgentRuntime.@Nullable ApprovalView ours, Optional<ToolRisk> risk, Names names) {
        return new ReviewItem(
                request.id(),
                request.kind().name().toLowerCase(Locale.ROOT),
                names.user(request),
                request.resourceInstance(),
                names.instance(request.resourceInstance()),
                request.role(),
                request.operation(),
                request.reason(),
                request.createdAt(),
                ours == null ? null : ours.agent(),
                ours == null ? null : ours.tool(),
                ours == null ? null : ours.arguments(),
                ours == null ? null : ours.deadline(),
                risk.map(ToolRisk::risk).orElse(null),
                risk.map(ToolRisk::note).orElse(null));
    }

    /** A request that was not filed here, on its own. */
    static ObjectNode foreign(PermitRequest request, Names names) {
        ObjectNode body = Json.object().putNull("approval");
        body.set("request", Wire.tree(of(request, null, Optional.empty(), names)));
        return body.put("resource_name", names.instance(request.resourceInstance()));
    }

    /** Looks each name up once per answer. Used by one thread. */
    public static final class Names {
        private final Permit permit;
        private final Map<String, String> users = new HashMap<>();
        private final Map<String, String> instances = new HashMap<>();

        /** Of this Permit. */
        public Names(Permit permit) {
            this.permit = permit;
        }

        /** The requester's name, or their id. */
        public String user(PermitRequest request) {
            return users.computeIfAbsent(
                    request.requester(),
                    id -> permit.user(id).map(PermitUser::displayName).orElse(id));
        }

        /** The instance's name, or its key. */
        public @Nullable String instance(@Nullable String key) {
            if (key == null) {
                return null;
            }
            return instances.computeIfAbsent(
                    key,
                    known -> permit.instance(known)
                            .map(ResourceInstance::displayName)
                            .orElse(known));
        }
    }
}
