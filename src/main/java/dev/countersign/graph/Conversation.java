package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stretch of a transcript that the model is shown, in the model's own terms. */
final class Conversation {
    /** A job is shown whole up to here: what it forgets it has done, it would do again. */
    static final int JOB_MESSAGES_MAX = 2_000;

    /** More than the calls that fit in one message. */
    private static final int LOOKED_BACK = 256;

    private Conversation() {}

    /**
     * The system prompt and the last messages, beginning with a user's message, and never with a result whose call was
     * cut off. When none is in the window, the one that began the turn comes before it. That one, and the newest calls with
     * their results, are shown even if they alone are beyond the bound.
     *
     * @param tokens how many the shown messages have at most, about; 0 is without a bound
     */
    static List<ChatMessage> of(String prompt, Transcript transcript, int window, int tokens) {
        return messages(prompt, transcript, stretch(transcript, new Window(window, tokens)));
    }

    /**
     * What is shown of a transcript: where it begins, and what comes before that.
     *
     * @param before the message that began the turn, if that is not shown anyway
     * @param from the first message's place; all after it are shown
     */
    private record Stretch(Optional<Message> before, int from) {}

    private static List<ChatMessage> messages(String prompt, Transcript transcript, Stretch stretch) {
        List<ChatMessage> messages = new ArrayList<>();
        messages.add(SystemMessage.from(prompt));
        stretch.before().ifPresent(message -> messages.add(Shown.of(message).message()));
        for (Message message : transcript.slice(stretch.from(), transcript.size())) {
            messages.add(Shown.of(message).message());
        }
        return messages;
    }

    /** Where what a window shows of a transcript begins. */
    static int begin(Transcript transcript, Window window) {
        return stretch(transcript, window).from();
    }

    /** Whether a window holds all messages from there on. */
    static boolean fits(Transcript transcript, int from, Window window) {
        int count = transcript.size() - from;
        return count <= window.messages()
                && (window.tokens() == 0 || tokens(transcript.slice(from, transcript.size())) <= window.tokens());
    }

    private static long tokens(List<Message> messages) {
        return messages.stream()
                .mapToLong(message -> Shown.of(message).tokens())
                .sum();
    }

    /**
     * The same with a summary: all that came after it as long as the window holds that, else as much as it holds. The summary
     * comes as the result of a call that nobody made, after a user's message where there is one, since some providers take a call
     * nowhere else: no text that a person or a tool wrote can look like it, and it can look like neither the prompt nor the user.
     *
     * @param summary one that exists
     */
    static List<ChatMessage> summed(String prompt, Transcript transcript, Summary summary, Window window, boolean job) {
        int covers = summary.covers();
        Stretch stretch = fits(transcript, covers, window) ? after(transcript, covers) : stretch(transcript, window);
        List<ChatMessage> messages = messages(prompt, transcript, stretch);
        if (job) {
            keepGoal(messages, transcript);
        }
        int place = messages.size() > 1 && messages.get(1) instanceof UserMessage ? 2 : 1;
        messages.addAll(place, pair(summary));
        return messages;
    }

    private static Stretch after(Transcript transcript, int covers) {
        boolean user =
                transcript.slice(covers, covers + 1).stream().anyMatch(message -> message.role() == Message.Role.USER);
        return new Stretch(user ? Optional.empty() : beginning(transcript, transcript.size() - covers), covers);
    }

    private static List<ChatMessage> pair(Summary summary) {
        ToolExecutionRequest call = ToolExecutionRequest.builder()
                .id("summary-" + summary.covers())
                .name(Summary.EARLIER_MESSAGES)
                .arguments("{\"messages\":" + summary.covers() + "}")
                .build();
        return List.of(AiMessage.from(call), ToolExecutionResultMessage.from(call, summary.result()));
    }

    /** How many of the newest messages have no more tokens than that, together; at least one. */
    private static int fitting(List<Message> last, int tokens) {
        long sum = 0;
        for (int i = last.size() - 1; i >= 0; i--) {
            sum += Shown.of(last.get(i)).tokens();
            if (sum > tokens) {
                return Math.max(1, last.size() - 1 - i);
            }
        }
        return Math.max(1, last.size());
    }

    private static Stretch stretch(Transcript transcript, Window bounds) {
        int window =
                bounds.tokens() == 0 ? bounds.messages() : fitting(transcript.last(bounds.messages()), bounds.tokens());
        List<Message> last = transcript.last(window);
        int user = first(last, Message.Role.USER);
        if (user >= 0) {
            return new Stretch(Optional.empty(), transcript.size() - last.size() + user);
        }
        // A turn longer than the window: what began it, and then its newest part.
        Optional<Message> before = beginning(transcript, window);
        List<Message> rest = last.subList(Math.min(before.isPresent() ? 1 : 0, last.size()), last.size());
        int assistant = first(rest, Message.Role.ASSISTANT);
        int shown = assistant < 0 ? newestCalls(transcript) : rest.size() - assistant;
        return new Stretch(before, transcript.size() - shown);
    }

    private static int first(List<Message> messages, Message.Role role) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == role) {
                return i;
            }
        }
        return -1;
    }

    /** When the window holds no message that makes calls: of how many the one that made these calls is the first. */
    private static int newestCalls(Transcript transcript) {
        List<Message> last = transcript.last(LOOKED_BACK);
        for (int i = last.size() - 1; i >= 0; i--) {
            if (last.get(i).role() == Message.Role.ASSISTANT) {
                return last.size() - i;
            }
        }
        return 0;
    }

    /** The newest user's message before the window, as far as a bounded look goes back; else the transcript's first. */
    private static Optional<Message> beginning(Transcript transcript, int window) {
        int end = Math.max(0, transcript.size() - window);
        List<Message> before = transcript.slice(Math.max(0, end - LOOKED_BACK), end);
        for (int i = before.size() - 1; i >= 0; i--) {
            if (before.get(i).role() == Message.Role.USER) {
                return Optional.of(before.get(i));
            }
        }
        return transcript.slice(0, Math.min(1, end)).stream()
                .filter(message -> message.role() == Message.Role.USER)
                .findFirst();
    }

    /**
     * A job, whose length its own limits bound, with everything it has done, as far as that fits; its goal, the first message,
     * stays in sight however long it gets.
     */
    static List<ChatMessage> ofJob(String prompt, Transcript transcript, int tokens) {
        List<ChatMessage> messages = of(prompt, transcript, JOB_MESSAGES_MAX, tokens);
        keepGoal(messages, transcript);
        return messages;
    }

    private static void keepGoal(List<ChatMessage> messages, Transcript transcript) {
        if (transcript.size() > messages.size() - 1) {
            ChatMessage goal = Shown.of(transcript.slice(0, 1).get(0)).message();
            if (messages.size() < 2 || !messages.get(1).equals(goal)) {
                messages.add(1, goal);
            }
        }
    }
}
