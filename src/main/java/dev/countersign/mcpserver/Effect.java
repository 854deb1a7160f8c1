package dev.countersign.mcpserver;

import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;

/** What a tool does to the world, as its annotations tell it. */
public enum Effect {
    /** Changes nothing. */
    READS(true, false, true),
    /** Adds something each time it is called. */
    ADDS(false, false, false),
    /** Settles something for good; settling it the same way again changes nothing. */
    SETTLES(false, true, true),
    /** Acts once per idempotency key of the host, and answers a repetition with the first result. */
    ONCE_PER_KEY(false, true, true);

    private final boolean readOnly;
    private final boolean destructive;
    private final boolean idempotent;

    Effect(boolean readOnly, boolean destructive, boolean idempotent) {
        this.readOnly = readOnly;
        this.destructive = destructive;
        this.idempotent = idempotent;
    }

    ToolAnnotations annotations(String title) {
        return ToolAnnotations.builder()
                .title(title)
                .readOnlyHint(readOnly)
                .destructiveHint(destructive)
                .idempotentHint(idempotent)
                .openWorldHint(false)
                .build();
    }
}
