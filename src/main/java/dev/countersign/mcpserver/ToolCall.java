package dev.countersign.mcpserver;

import org.jspecify.annotations.Nullable;

/**
 * One checked call.
 *
 * @param user the verified acting user's Permit key
 * @param idempotencyKey the same key means the same call, however often it arrives; null when the host sent none
 * @param reference by which a filed request is found again; null when the host sent none
 */
public record ToolCall(
        String user,
        Arguments arguments,
        @Nullable String idempotencyKey,
        @Nullable String reference) {}
