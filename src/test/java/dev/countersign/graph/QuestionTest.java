package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A question has the digest that it had when it was recorded, whichever program recorded it. */
final class QuestionTest {
    private static final ToolExecutionRequest CALL = ToolExecutionRequest.builder()
            .id("c1")
            .name("look")
            .arguments("{\"x\":1}")
            .build();
    private static final List<ChatMessage> MESSAGES = List.of(
            SystemMessage.from("You help."),
            UserMessage.from("größer?"),
            AiMessage.from("yes", List.of(CALL)),
            ToolExecutionResultMessage.from(CALL, "found"));

    private static ChatRequest asked(List<ChatMessage> messages, String... tools) {
        return ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(Stream.of(tools)
                        .map(name -> ToolSpecification.builder().name(name).build())
                        .toList())
                .build();
    }

    /** What programs of before wrote of the same question. */
    @Test
    void eachFormIsWhatItWas() {
        ChatRequest request = asked(MESSAGES, "look", "drop");
        assertThat(Question.digestLike("0123456789abcdef", request)).isEqualTo("5a0cd58561f083e4662655a139f7da8d");
        assertThat(Question.digestLike("2:0123456789abcdef", request)).isEqualTo("2:bb44c9e1820b386abd4613a077a52f30");
        assertThat(Question.digestLike("3:0123456789abcdef", request)).isEqualTo("3:FMYSPJMm5zgxiwuYQnQkzQ");
        assertThat(Question.digest(request)).isEqualTo("3:FMYSPJMm5zgxiwuYQnQkzQ");
    }

    @Test
    void anotherWordMessageOrderOrTool_isAnotherQuestion() {
        String same = Question.digest(asked(MESSAGES, "look", "drop"));
        List<ChatMessage> word = new ArrayList<>(MESSAGES);
        word.set(1, UserMessage.from("grösser?"));
        List<ChatMessage> order = new ArrayList<>(MESSAGES);
        order.add(order.remove(1));
        assertThat(List.of(
                        Question.digest(asked(word, "look", "drop")),
                        Question.digest(asked(order, "look", "drop")),
                        Question.digest(asked(MESSAGES.subList(0, 3), "look", "drop")),
                        Question.digest(asked(MESSAGES, "drop", "look")),
                        Question.digest(asked(MESSAGES, "lookdrop")),
                        Question.digest(asked(MESSAGES, "look")),
                        Question.digest(asked(MESSAGES))))
                .doesNotContain(same)
                .doesNotHaveDuplicates();
    }
}
