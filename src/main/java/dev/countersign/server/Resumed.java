package dev.countersign.server;

import org.jspecify.annotations.Nullable;

/**
 * Where a client takes up its feed again.
 *
 * @param thread the conversation, or null for a new one, which the first message opens
 * @param after the position in its transcript up to which the client has seen it, or null to hear only what is new
 */
record Resumed(@Nullable String thread, @Nullable Long after) {}
