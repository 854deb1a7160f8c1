package dev.countersign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.ModelConfig;
import dev.countersign.config.Secret;
import dev.countersign.core.CountersignException;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The OpenAI-compatible adapter over real HTTP on loopback. */
final class OpenAiCompatibleTest {
    private static final String KEY = "sk-very-secret";

    private static ChatModel model(URI url, Duration timeout) {
        return Models.create(
                new ModelConfig(ModelConfig.Provider.OPENAI, new Secret(KEY), url, "some-model", timeout),
                Phrasebook.empty());
    }

    private static ToolSpecification lookUp() {
        return ToolSpecification.builder()
                .name("look_up")
                .description("Looks something up")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty("key")
                        .addIntegerProperty("page")
                        .required("key")
                        .build())
                .build();
    }

    private static ChatRequest ask(String text) {
        return ChatRequest.builder()
                .messages(SystemMessage.from("be brief"), UserMessage.from(text))
                .toolSpecifications(lookUp())
                .build();
    }

    @Test
    void requestsCarryStrictSchemasOneCallAtATimeTheKeyAndNoUser() {
        try (OpenAiStub stub = OpenAiStub.start(request -> OpenAiStub.says("hello"))) {
            assertThat(model(stub.baseUrl(), Duration.ofSeconds(5))
                            .chat(ask("hi"))
                            .aiMessage()
                            .text())
                    .isEqualTo("hello");

            JsonNode request = stub.requests().get(0);
            JsonNode function = request.at("/tools/0/function");
            assertThat(function.path("strict").asBoolean()).isTrue();
            assertThat(function.at("/parameters/additionalProperties")).hasToString("false");
            assertThat(function.at("/parameters/required")).hasToString("[\"key\",\"page\"]");
            assertThat(function.at("/parameters/properties/page/type").toString())
                    .contains("null");
            assertThat(request.path("parallel_tool_calls").asBoolean(true)).isFalse();
            assertThat(request.path("model").asText()).isEqualTo("some-model");
            assertThat(request.toString()).doesNotContain("user_id").doesNotContain(KEY);
            assertThat(request.has("user")).isFalse();
            assertThat(stub.authorizations()).containsExactly("Bearer " + KEY);
        }
    }

    @Test
    void nullsThatStrictSchemasForceOnTheModelAreDroppedFromItsCalls() {
        try (OpenAiStub stub =
                OpenAiStub.start(request -> OpenAiStub.calls("c1", "look_up", "{\"key\":\"a\",\"page\":null}"))) {
            AiMessage answer =
                    model(stub.baseUrl(), Duration.ofSeconds(5)).chat(ask("hi")).aiMessage();

            assertThat(answer.toolExecutionRequests())
                    .singleElement()
                    .satisfies(call -> assertThat(call.arguments()).isEqualTo("{\"key\":\"a\"}"));
        }
    }

    @Test
    void decisionPairFollowingAnAssistantTextGoesOutAsOneAssistantMessageOfADeclaredTool() {
        ToolExecutionRequest await = ToolExecutionRequest.builder()
                .id("d1")
                .name("await_decision")
                .arguments("{\"request_id\":\"r1\"}")
                .build();
        ChatRequest request = ChatRequest.builder()
                .messages(
                        UserMessage.from("please"),
                        AiMessage.from("I wait for a reviewer."),
                        AiMessage.from(await),
                        ToolExecutionResultMessage.from(await, "{\"status\":\"approved\"}"))
                .toolSpecifications(lookUp())
                .build();
        try (OpenAiStub stub = OpenAiStub.start(seen -> OpenAiStub.says("done"))) {
            model(stub.baseUrl(), Duration.ofSeconds(5)).chat(request);

            JsonNode sent = stub.requests().get(0);
            assertThat(sent.path("messages").findValuesAsText("role")).containsExactly("user", "assistant", "tool");
            assertThat(sent.at("/messages/1/content").asText()).isEqualTo("I wait for a reviewer.");
            assertThat(sent.at("/messages/1/tool_calls/0/function/name").asText())
                    .isEqualTo("await_decision");
            assertThat(sent.at("/tools/1/function/name").asText()).isEqualTo("await_decision");
        }
    }

    @ParameterizedTest
    @CsvSource({"401,CS-501", "403,CS-501", "429,CS-502", "500,CS-504", "503,CS-504", "400,CS-505", "404,CS-505"})
    void errorStatusesBecomeOurCodesAndNeverShowTheKey(int status, String code) {
        try (OpenAiStub stub = OpenAiStub.start(
                request -> new OpenAiStub.Answer(status, "{\"error\":{\"message\":\"no " + KEY + "\"}}"))) {
            ChatModel model = model(stub.baseUrl(), Duration.ofSeconds(5));

            CountersignException failure =
                    catchThrowableOfType(CountersignException.class, () -> model.chat(ask("hi")));

            assertThat(failure.code().id()).isEqualTo(code);
            assertThat(failure).hasMessageContaining(String.valueOf(status)).hasMessageNotContaining(KEY);
            assertThat(failure).hasNoCause();
        }
    }

    @Test
    void silenceBecomesATimeout() {
        CountDownLatch end = new CountDownLatch(1);
        try (OpenAiStub stub = OpenAiStub.start(request -> {
            try {
                end.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return OpenAiStub.says("late");
        })) {
            ChatModel model = model(stub.baseUrl(), Duration.ofMillis(300));

            CountersignException failure =
                    catchThrowableOfType(CountersignException.class, () -> model.chat(ask("hi")));

            assertThat(failure.code().id()).isEqualTo("CS-503");
            end.countDown();
        }
    }

    @Test
    void nobodyListeningBecomesUnreachable() {
        URI gone;
        try (OpenAiStub stub = OpenAiStub.start(request -> OpenAiStub.says("x"))) {
            gone = stub.baseUrl();
        }
        CountersignException failure = catchThrowableOfType(
                CountersignException.class,
                () -> model(gone, Duration.ofSeconds(5)).chat(ask("hi")));

        assertThat(failure.code().id()).isEqualTo("CS-507");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"\"}}]}", "not json"})
    void answersWithoutWordsOrCallsAreRefused(String body) {
        try (OpenAiStub stub = OpenAiStub.start(request -> new OpenAiStub.Answer(200, body))) {
            ChatModel model = model(stub.baseUrl(), Duration.ofSeconds(5));

            CountersignException failure =
                    catchThrowableOfType(CountersignException.class, () -> model.chat(ask("hi")));

            assertThat(failure.code().id()).isEqualTo("CS-506");
        }
    }
}
