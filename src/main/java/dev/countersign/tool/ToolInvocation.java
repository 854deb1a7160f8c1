package dev.countersign.tool;

import dev.countersign.core.Principal;
import org.jspecify.annotations.Nullable;

/**
 * One tool call with everything the server binds: the model wrote only tool and arguments.
 *
 * @param arguments a JSON object
 * @param user the verified acting user; sent in {@code _meta}
 * @param idempotencyKey stable over retries of the same call; sent in {@code _meta}
 * @param reference for calls that file a request: what finds it again at Permit; sent in {@code _meta}; else null
 */
public record ToolInvocation(
        String tool,
        String arguments,
        Principal user,
        String idempotencyKey,
        @Nullable String reference) {}
