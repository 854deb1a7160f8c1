package dev.countersign.graph;

import dev.countersign.checkpoint.Settings;
import dev.countersign.core.Digest;
import dev.countersign.tool.ToolInfo;
import java.util.List;

/**
 * Names the circumstances that an agent works in, and keeps each of them once in the store. The tools hardly ever change, so a
 * look costs a comparison with those of the look before. Safe for use by many threads.
 */
final class SettingBook {
    private final Keeping keeping;
    private volatile Seen seen = new Seen(List.of(), "");

    private record Seen(List<ToolInfo> tools, String digest) {}

    /** Names and keeps them; an empty name is none. */
    @FunctionalInterface
    private interface Keeping {
        String keep(List<ToolInfo> tools);
    }

    SettingBook(Settings settings, AgentDefinition agent) {
        this(tools -> {
            String text = Circumstances.of(agent, tools).json();
            String digest = Digest.brief(text);
            return settings.keep(digest, text) ? digest : "";
        });
    }

    private SettingBook(Keeping keeping) {
        this.keeping = keeping;
    }

    /** One that names and keeps nothing. */
    static SettingBook closed() {
        return new SettingBook(tools -> "");
    }

    /** The digest of the agent with these tools; empty when they are too much to be kept, so that they cannot be replayed. */
    String digest(List<ToolInfo> tools) {
        Seen last = seen;
        if (last.digest().isEmpty() || !last.tools().equals(tools)) {
            last = new Seen(tools, keeping.keep(tools));
            seen = last;
        }
        return last.digest();
    }
}
