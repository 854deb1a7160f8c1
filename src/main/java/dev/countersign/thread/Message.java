package dev.countersign.thread;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One immutable line of a transcript.
 *
 * @param role who speaks
 * @param text the words; for a tool its result; may be empty for an assistant that only calls tools
 * @param calls the tools an assistant calls; empty for the others
 * @param callId for a tool: the call it answers; else null
 * @param tool for a tool: its name; else null
 * @param error for a tool: whether the call did not succeed
 * @param at when it was said
 */
public record Message(
        Role role,
        String text,
        List<ToolCall> calls,
        @Nullable String callId,
        @Nullable String tool,
        boolean error,
        Instant at) {
    public Message {
        calls = List.copyOf(calls);
        if ((role == Role.TOOL) != (callId != null) || (role == Role.TOOL) != (tool != null)) {
            throw new IllegalArgumentException("a tool's message, and no other, names its call and tool: " + role);
        }
        if (role != Role.ASSISTANT && !calls.isEmpty()) {
            throw new IllegalArgumentException("only an assistant calls tools, not " + role);
        }
    }

    /** Who speaks. */
    public enum Role {
        USER,
        ASSISTANT,
        TOOL
    }

    /**
     * A tool call in an assistant's message.
     *
     * @param id unique in its thread; ours, not the provider's
     * @param arguments as the model wrote them: meant to be a JSON object, but anything may stand here
     */
    public record ToolCall(String id, String tool, String arguments) {}

    /** What a message is sealed for, as a line of its log. */
    public static String place(int idx) {
        return "message " + idx;
    }

    /** The user's words. */
    public static Message user(String text, Instant at) {
        return new Message(Role.USER, text, List.of(), null, null, false, at);
    }

    /** The assistant's words and calls. */
    public static Message assistant(String text, List<ToolCall> calls, Instant at) {
        return new Message(Role.ASSISTANT, text, calls, null, null, false, at);
    }

    /** A call's one result. */
    public static Message result(ToolCall call, String text, boolean error, Instant at) {
        return new Message(Role.TOOL, text, List.of(), call.id(), call.tool(), error, at);
    }
}
