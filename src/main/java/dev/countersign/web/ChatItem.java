package dev.countersign.web;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A piece of a conversation as a chat shows it. Its id stays the same however often it is shown. */
sealed interface ChatItem {
    String id();

    /** When it came to be. */
    Instant at();

    /**
     * Somebody's words.
     *
     * @param by who said it, as people are told
     * @param user whether it was the person, not the agent
     */
    record Words(String id, Instant at, String by, boolean user, String text) implements ChatItem {}

    /**
     * A tool call, with its result once there is one.
     *
     * @param brief the values of its arguments in a line
     * @param result null while it runs
     * @param failed whether the result says that it did not succeed
     */
    record ToolUse(
            String id,
            Instant at,
            String tool,
            String brief,
            String arguments,
            @Nullable String result,
            boolean failed) implements ChatItem {
        ToolUse answered(String text, boolean bad) {
            return new ToolUse(id, at, tool, brief, arguments, text, bad);
        }
    }

    /** Something that happened, in a line. */
    record Note(String id, Instant at, String text) implements ChatItem {}

    /** What is waited for, or was. */
    record Request(String id, Instant at, RequestCard card) implements ChatItem {}
}
