package dev.countersign.graph;

import dev.countersign.core.ByIdentity;
import dev.countersign.core.Digest;
import dev.countersign.model.SummaryQuestion;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model is asked, as a digest: of the prompt, the messages shown and the names of the tools offered, in their order. Of a
 * question for a summary the prompt is this program's own and is left out, so that it may be put in better words without making
 * old recordings other conversations.
 *
 * <p>There are three forms. The third, which begins with {@code 3:}, is a digest of each message's digest, as bytes: those are kept for as long
 * as their messages are in memory, since most of a question has been asked before. Older recordings have the second, which begins with {@code 2:}
 * and is a digest of the same in hexadecimal, twice as long to go through, or the first, which is one digest of all texts.
 */
public final class Question {
    /** Half of a SHA-256 in hexadecimal, of the older forms. */
    private static final int CHARS = 32;

    private static final String SECOND = "2:";
    private static final String THIRD = "3:";

    private static final ByIdentity<ChatMessage, byte[]> KNOWN = new ByIdentity<>(Question::half);

    private Question() {}

    /** The digest, in the third form: of how many messages there are, the digest of each, and each tool's name after its length. */
    public static String digest(ChatRequest request) {
        List<byte[]> halves = halves(request);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((halves.size() + ":").getBytes(StandardCharsets.US_ASCII));
        halves.forEach(bytes::writeBytes);
        for (ToolSpecification tool : request.toolSpecifications()) {
            byte[] name = tool.name().getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes((name.length + ":").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(name);
        }
        return THIRD + Digest.brief(bytes.toByteArray());
    }

    private static List<byte[]> halves(ChatRequest request) {
        List<byte[]> halves = new ArrayList<>();
        for (ChatMessage message : asked(request)) {
            // The prompt is made anew for each question.
            halves.add(message instanceof SystemMessage ? half(message) : KNOWN.of(message));
        }
        return halves;
    }

    /** The digest in the form that a recorded one has, to be compared with it. */
    public static String digestLike(String recorded, ChatRequest request) {
        if (recorded.startsWith(THIRD)) {
            return digest(request);
        }
        List<String> parts = new ArrayList<>();
        if (recorded.startsWith(SECOND)) {
            halves(request).forEach(half -> parts.add(Digest.ofBytes(half)));
            addTools(request, parts);
            return SECOND + digest(parts);
        }
        asked(request).forEach(message -> add(message, parts));
        addTools(request, parts);
        return digest(parts);
    }

    /** Whether a model is asked for a summary, and not for what to do next. */
    public static boolean isForSummary(ChatRequest request) {
        return SummaryQuestion.is(request);
    }

    private static List<ChatMessage> asked(ChatRequest request) {
        List<ChatMessage> messages = request.messages();
        return isForSummary(request) ? messages.subList(1, messages.size()) : messages;
    }

    private static void addTools(ChatRequest request, List<String> parts) {
        for (ToolSpecification tool : request.toolSpecifications()) {
            parts.add(tool.name());
        }
    }

    private static byte[] half(ChatMessage message) {
        List<String> parts = new ArrayList<>();
        add(message, parts);
        return Digest.half(parts.toArray(String[]::new));
    }

    private static String digest(List<String> parts) {
        return Digest.of(parts.toArray(String[]::new)).substring(0, CHARS);
    }

    private static void add(ChatMessage message, List<String> parts) {
        parts.add(message.type().name());
        if (message instanceof SystemMessage system) {
            parts.add(system.text());
        } else if (message instanceof UserMessage user) {
            parts.add(user.singleText());
        } else if (message instanceof ToolExecutionResultMessage result) {
            parts.add(result.id());
            parts.add(result.text());
        } else if (message instanceof AiMessage answer) {
            parts.add(String.valueOf(answer.text()));
            for (ToolExecutionRequest call : answer.toolExecutionRequests()) {
                parts.add(call.id());
                parts.add(call.name());
                parts.add(call.arguments());
            }
        }
    }
}
