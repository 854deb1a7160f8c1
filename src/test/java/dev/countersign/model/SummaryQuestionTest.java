package dev.countersign.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.graph.Question;
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
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A model that is asked to sum up, and one that is shown a summary. */
final class SummaryQuestionTest {
    private static final ToolExecutionRequest CALL = ToolExecutionRequest.builder()
            .id("summary-4")
            .name(ProviderFit.EARLIER_MESSAGES)
            .arguments("{\"messages\":4}")
            .build();

    private static String line(String role, String text) {
        return Json.write(Json.object().put("role", role).put("text", text));
    }

    @Test
    void theOfflineModelKeepsWhatTheUserSaid_andWhatItKeptBefore() {
        OfflineModel model = new OfflineModel(Phrasebook.empty());
        String first = model.chat(SummaryQuestion.of(50, List.of(line("user", "the  menu"), line("assistant", "here"))))
                .aiMessage()
                .text();
        String so = Json.write(Json.object().put("summary_so_far", first));
        String second = model.chat(SummaryQuestion.of(50, List.of(so, line("tool", "user"), line("user", "thanks"))))
                .aiMessage()
                .text();
        assertThat(first).isEqualTo("The user said: the menu");
        assertThat(second).isEqualTo("The user said: the menu / thanks");
    }

    @Test
    void theOfflineModelDoesTheSame_whetherASummaryIsShownOrNot() {
        OfflineModel model = new OfflineModel(Phrasebook.ofPhrases(Map.of("list_books", List.of("list the books"))));
        List<ToolSpecification> tools = List.of(ToolSpecification.builder()
                .name("list_books")
                .description("Lists the books")
                .build());
        List<ChatMessage> shown = new ArrayList<>(List.of(
                SystemMessage.from("help"),
                UserMessage.from("hello"),
                AiMessage.from("hi"),
                UserMessage.from("list the books")));
        ChatRequest without = ChatRequest.builder()
                .messages(List.copyOf(shown))
                .toolSpecifications(tools)
                .build();
        shown.addAll(2, List.of(AiMessage.from(CALL), ToolExecutionResultMessage.from(CALL, "{\"summary\":\"x\"}")));
        ChatRequest with =
                ChatRequest.builder().messages(shown).toolSpecifications(tools).build();
        assertThat(model.chat(without).aiMessage().toolExecutionRequests()).hasSize(1);
        assertThat(model.chat(with).aiMessage()).isEqualTo(model.chat(without).aiMessage());
        assertThat(SummaryQuestion.is(with)).isFalse();
    }

    @Test
    void theDigestOfWhatIsSummedUp_isOfTheDataAlone() {
        ChatRequest question = SummaryQuestion.of(50, List.of(line("user", "hello")));
        assertThat(Question.digest(SummaryQuestion.of(60, List.of(line("user", "hello")))))
                .isEqualTo(Question.digest(question));
        assertThat(Question.digest(SummaryQuestion.of(50, List.of(line("user", "hullo")))))
                .isNotEqualTo(Question.digest(question));
    }

    @Test
    void theCallThatNobodyMadeIsDeclared_soThatProvidersTakeIt() {
        ChatRequest request = ChatRequest.builder()
                .messages(
                        UserMessage.from("hello"),
                        AiMessage.from(CALL),
                        ToolExecutionResultMessage.from(CALL, "{\"summary\":\"x\"}"))
                .build();
        assertThat(ProviderFit.fit(request).toolSpecifications())
                .extracting(ToolSpecification::name)
                .containsExactly("earlier_messages");
    }
}
