package dev.countersign.tool;

import java.time.Duration;

/**
 * The bounds of a tool client.
 *
 * @param start longest wait for a server to start and introduce itself, default 30 s
 * @param ping longest wait for a sign of life before a call, default 5 s
 * @param outputChars longest result text, the rest is cut and the cut is said; default 64,000
 * @param messageBytes longest message of a server; a longer one ends the connection; default 16 MiB
 */
public record ToolLimits(Duration start, Duration ping, int outputChars, int messageBytes) {
    /** The defaults. */
    public static final ToolLimits DEFAULT =
            new ToolLimits(Duration.ofSeconds(30), Duration.ofSeconds(5), 64_000, 16 * 1024 * 1024);

    public ToolLimits {
        if (outputChars < 1 || messageBytes < 1 || start.isNegative() || ping.isNegative()) {
            throw new IllegalArgumentException("expected limits above zero");
        }
    }
}
