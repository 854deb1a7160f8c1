package dev.countersign.core;

/** The keys that the runtime writes into the {@code _meta} of every MCP tool call, and our MCP servers read back. */
public final class McpMeta {
    /** The verified acting user's Permit key. A server honours it only from a host it trusts. */
    public static final String USER = "dev.countersign/user";

    /** The call's idempotency key: the same key means the same call, however often it arrives. */
    public static final String IDEMPOTENCY_KEY = "dev.countersign/idempotency-key";

    /** A short reference that the Permit tools append to a filed request's reason, so that it can be found again. */
    public static final String REFERENCE = "dev.countersign/reference";

    private McpMeta() {}
}
