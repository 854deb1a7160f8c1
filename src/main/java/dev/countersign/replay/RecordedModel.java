package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.graph.Question;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers what was answered, to the question that was asked and to no other. */
final class RecordedModel implements ChatModel {
    static final ErrorCode AS_RECORDED = new ErrorCode("CS-644", ErrorCode.Kind.UNREACHABLE);
    private static final int LENGTH_MAX = 10_000_000;

    /** What stands in place of what was too long to be written down: the replay gives as much, for it to be cut again. */
    private static final Pattern CUT =
            Pattern.compile("(?s)(.{40000})\n\\[cut: 40000 of (\\d{1,8}) characters kept\\]");

    private static final Pattern LEFT_OUT =
            Pattern.compile("\\[left out: (\\d{1,8}) characters are more than one message may hold\\]");
    private static final Pattern CUT_NAME = Pattern.compile("(?s)(.{256})\\[cut\\]");

    private final Script script;

    RecordedModel(Script script) {
        this.script = script;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (Question.isForSummary(request)) {
            return summary(script.summed(request));
        }
        Seen seen = script.seen();
        script.asked(request);
        if (seen.noAnswer() != null) {
            throw new CountersignException(AS_RECORDED, seen.noAnswer());
        }
        if (seen.answer() == null) {
            throw script.diverged("model", "the model", "that it is not asked", "a question");
        }
        return ChatResponse.builder().aiMessage(message(seen.answer())).build();
    }

    static ChatResponse summary(Seen.Summed summed) {
        if (summed.text() == null) {
            throw new CountersignException(AS_RECORDED, String.valueOf(summed.failure()));
        }
        return ChatResponse.builder().aiMessage(AiMessage.from(summed.text())).build();
    }

    static AiMessage message(Seen.Words words) {
        List<ToolExecutionRequest> calls = new ArrayList<>();
        for (Seen.Call call : words.calls()) {
            calls.add(ToolExecutionRequest.builder()
                    .id("recorded")
                    .name(whole(CUT_NAME, call.tool(), 1))
                    .arguments(
                            whole(LEFT_OUT, call.arguments(), call.arguments().length() + 1))
                    .build());
        }
        return AiMessage.builder()
                .text(text(words.text()))
                .toolExecutionRequests(calls)
                .build();
    }

    private static String text(String text) {
        Matcher cut = CUT.matcher(text);
        return cut.matches() ? filled(cut.group(1), Integer.parseInt(cut.group(2))) : text;
    }

    private static String whole(Pattern pattern, String text, int more) {
        Matcher cut = pattern.matcher(text);
        if (!cut.matches()) {
            return text;
        }
        return pattern == LEFT_OUT
                ? filled("", Integer.parseInt(cut.group(1)))
                : filled(cut.group(1), cut.group(1).length() + more);
    }

    private static String filled(String beginning, int length) {
        return beginning + "x".repeat(Math.max(0, Math.min(length, LENGTH_MAX) - beginning.length()));
    }
}
