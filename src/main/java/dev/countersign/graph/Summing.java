package dev.countersign.graph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.model.SummaryQuestion;
import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has summed up what no longer fits into a model's window. The window is filled, then the newest half of it stays and all before
 * that goes into a new summary together with the old one: so the model always sees everything in one form or the other, and is
 * asked for a summary once in half a window and not in each step.
 *
 * <p>A summary stands in the state of the step that made it. A crash before that step is written has it made once more, and nothing
 * else. One that cannot be made never stops a turn: the model is shown its window without it, and it is tried again some messages
 * later.
 */
final class Summing {
    private static final Logger LOG = LoggerFactory.getLogger(Summing.class);

    /** After so many more messages one that could not be made is tried again. */
    private static final int TRIED_AGAIN_AFTER = 8;

    /** Where summing up begins in the middle of a long thread, what is further back than that is left out. */
    private static final int MESSAGES_MAX = 2_000;

    private static final int TEXT_CHARS_MAX = 2_000;
    private static final int ARGUMENT_CHARS_MAX = 500;

    /** In our guess a word and the space after it are no more than this many tokens. */
    private static final int TOKENS_OF_A_WORD = 2;

    private static final int QUARTERS = 4;
    private static final int ASCII = 0x80;

    private final ChatModel model;
    private final int tokensMax;

    Summing(ChatModel model, int tokensMax) {
        this.model = model;
        this.tokensMax = tokensMax;
    }

    /** The summary to go on with: the known one, or another when the model was asked for it. */
    Summary after(Summary known, Transcript transcript, Window window, Run run) {
        boolean failedLately = known.failedAt() > 0 && transcript.size() < (long) known.failedAt() + TRIED_AGAIN_AFTER;
        if (failedLately || Conversation.fits(transcript, known.covers(), window)) {
            return known;
        }
        int from = Conversation.begin(transcript, window.half());
        return from <= known.covers() ? known : ask(known, transcript, from, window, run);
    }

    private Summary ask(Summary known, Transcript transcript, int to, Window window, Run run) {
        ChatRequest question = SummaryQuestion.of(tokensMax / TOKENS_OF_A_WORD, lines(known, transcript, to, window));
        run.turn().note(Notes.SUMMED + Question.digest(question));
        String why;
        try {
            // Nobody listens to it: a preview is of words that are for the user.
            String text =
                    bounded(ModelCall.ask(model, question, Optional.empty()).text());
            if (!text.isEmpty()) {
                return new Summary(to, text, 0);
            }
            why = "the answer was empty";
        } catch (CountersignException e) {
            why = e.detail();
        }
        run.turn().note(Notes.NOT_SUMMED + why);
        LOG.atWarn().addKeyValue("thread", run.thread().id()).log("what left the window was not summed up: {}", why);
        return new Summary(known.covers(), known.text(), transcript.size());
    }

    /** What is to be summed up, as much of the newest as the model's window may hold. */
    private static List<String> lines(Summary known, Transcript transcript, int to, Window window) {
        int from = Math.max(known.covers(), to - MESSAGES_MAX);
        List<Message> messages = transcript.slice(from, to);
        Deque<String> lines = new ArrayDeque<>();
        long tokens = 0;
        for (int i = messages.size() - 1; i >= 0; i--) {
            String line = line(messages.get(i));
            tokens += Tokens.of(line);
            if (window.tokens() > 0 && tokens > window.tokens() && !lines.isEmpty()) {
                break;
            }
            lines.addFirst(line);
        }
        int leftOut = to - known.covers() - lines.size();
        if (leftOut > 0) {
            lines.addFirst(Json.write(Json.object().put("messages_left_out_here", leftOut)));
        }
        if (known.exists()) {
            lines.addFirst(Json.write(Json.object().put("summary_so_far", known.text())));
        }
        return new ArrayList<>(lines);
    }

    private static String line(Message message) {
        ObjectNode line = Json.object().put("role", message.role().name().toLowerCase(Locale.ROOT));
        if (message.tool() != null) {
            line.put("tool", message.tool());
        }
        if (message.error()) {
            line.put("failed", true);
        }
        if (!message.text().isEmpty()) {
            line.put("text", cut(message.text(), TEXT_CHARS_MAX));
        }
        if (!message.calls().isEmpty()) {
            ArrayNode calls = line.putArray("calls");
            for (Message.ToolCall call : message.calls()) {
                calls.addObject().put("tool", call.tool()).put("arguments", cut(call.arguments(), ARGUMENT_CHARS_MAX));
            }
        }
        return Json.write(line);
    }

    private static String cut(String text, int chars) {
        return text.length() <= chars ? text : whole(text, chars) + " [cut: " + text.length() + " characters]";
    }

    /** Never half of a character. */
    private static String whole(String text, int chars) {
        return text.substring(0, Character.isHighSurrogate(text.charAt(chars - 1)) ? chars - 1 : chars);
    }

    /**
     * A model may write more than it was asked to, and halves of characters, which would be others once they were stored. Of what
     * it gives it gives the same again, so that a replay keeps what was kept.
     */
    private String bounded(@Nullable String answer) {
        String text = answer == null ? "" : new String(answer.strip().getBytes(UTF_8), UTF_8);
        int quarters = 0;
        for (int i = 0; i < text.length(); i++) {
            quarters += text.charAt(i) < ASCII ? 1 : QUARTERS;
            if (quarters > tokensMax * QUARTERS) {
                return whole(text, i).strip();
            }
        }
        return text;
    }
}
