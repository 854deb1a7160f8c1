package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model's answer as a message of the transcript, never larger than a row of it may be: a model that writes without end must
 * not stop its thread. What is too large is replaced by words that are no JSON, so that the gate refuses the call; it is never
 * shortened, since a shorter text could mean something else.
 */
final class ModelAnswer {
    /** Worst case 6 bytes a character in JSON: well below a row's mebibyte together with names and ids. */
    private static final int CHARS_MAX = 100_000;

    private static final int TEXT_CHARS_MAX = 40_000;
    private static final int NAME_CHARS_MAX = 256;

    /** Above any limit on calls in one message: those beyond are not even written down. */
    private static final int CALLS_MAX = 200;

    private int charsLeft = CHARS_MAX;

    private ModelAnswer() {}

    /**
     * The message, with call ids of our own: providers do not make theirs unique over a thread; the place in the transcript
     * does.
     *
     * @param index of the message in the transcript
     */
    static Message message(AiMessage answer, int index, Instant at) {
        ModelAnswer message = new ModelAnswer();
        String text = message.text(answer.text());
        List<Message.ToolCall> calls = new ArrayList<>();
        for (ToolExecutionRequest request : answer.toolExecutionRequests()) {
            if (calls.size() < CALLS_MAX) {
                calls.add(new Message.ToolCall(
                        "c" + index + "-" + calls.size(),
                        name(String.valueOf(request.name())),
                        message.arguments(request.arguments())));
            }
        }
        if (text.isBlank() && calls.isEmpty()) {
            text = "I have nothing to say to that.";
        }
        return Message.assistant(text, calls, at);
    }

    private String text(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String kept = text.length() <= TEXT_CHARS_MAX
                ? text
                : text.substring(0, TEXT_CHARS_MAX) + "\n[cut: " + TEXT_CHARS_MAX + " of " + text.length()
                        + " characters kept]";
        charsLeft -= kept.length();
        return kept;
    }

    private static String name(String name) {
        return name.length() <= NAME_CHARS_MAX ? name : name.substring(0, NAME_CHARS_MAX) + "[cut]";
    }

    private String arguments(@Nullable String arguments) {
        if (arguments == null) {
            return "";
        }
        if (arguments.length() > charsLeft) {
            return "[left out: " + arguments.length() + " characters are more than one message may hold]";
        }
        charsLeft -= arguments.length();
        return arguments;
    }
}
