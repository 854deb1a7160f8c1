package dev.countersign.tool;

/** What became of a tool call; there is no fifth answer. */
public sealed interface ToolOutcome {
    /** What the model is told: the tool's own words, or ours. Structured results are their JSON. */
    String text();

    /** The word for logs: {@code succeeded}, {@code failed}, {@code not_sent} or {@code unknown}. */
    String word();

    /** The tool did it. */
    record Succeeded(String text) implements ToolOutcome {
        @Override
        public String word() {
            return "succeeded";
        }
    }

    /** The tool answered that it did not do it. */
    record Failed(String text) implements ToolOutcome {
        @Override
        public String word() {
            return "failed";
        }
    }

    /** The server could not be reached; nothing was sent, so nothing happened. */
    record NotSent(String text) implements ToolOutcome {
        @Override
        public String word() {
            return "not_sent";
        }
    }

    /** It was sent and no answer came: it may have happened. Never retried unless the tool is read-only or idempotent. */
    record Unknown(String text) implements ToolOutcome {
        @Override
        public String word() {
            return "unknown";
        }
    }
}
