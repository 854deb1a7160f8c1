package dev.countersign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.config.ModelConfig;
import dev.countersign.config.Secret;
import dev.countersign.core.CountersignException;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Answers that are heard while they are given, over real HTTP on loopback. */
final class StreamsTest {
    private static final ChatRequest HELLO =
            ChatRequest.builder().messages(UserMessage.from("hello")).build();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private static ChatModel model(OpenAiStub stub, Duration timeout) {
        return Models.create(
                new ModelConfig(ModelConfig.Provider.OPENAI, new Secret(""), stub.baseUrl(), "some-model", timeout),
                Phrasebook.empty());
    }

    private ChatResponse ask(OpenAiStub stub) {
        return Streams.ask(model(stub, Duration.ofSeconds(20)), HELLO, heard::add);
    }

    private static OpenAiStub whole(String text) {
        return OpenAiStub.start(request -> OpenAiStub.says(text));
    }

    @Test
    void wordsAreHeardPieceByPiece_andTheAnswerIsAllOfThem() {
        try (OpenAiStub stub = whole("unused")) {
            stub.streaming((request, pieces) -> {
                pieces.say("Hel");
                pieces.say("lo");
                pieces.finish("stop");
            });

            assertThat(ask(stub).aiMessage().text()).isEqualTo("Hello");
            assertThat(heard).containsExactly("Hel", "lo");
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void aToolCallIsNoWords() {
        try (OpenAiStub stub = whole("unused")) {
            stub.streaming((request, pieces) -> {
                pieces.call("look_up", "{\"key\":\"a\",\"page\":null}");
                pieces.finish("tool_calls");
            });

            assertThat(ask(stub).aiMessage().toolExecutionRequests())
                    .singleElement()
                    .satisfies(call -> assertThat(call.arguments()).isEqualTo("{\"key\":\"a\"}"));
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void aStreamThatJustStops_isAFailure_andIsNotAskedForAgain() {
        try (OpenAiStub stub = whole("unused")) {
            stub.streaming((request, pieces) -> pieces.say("I will order"));

            CountersignException failure = catchThrowableOfType(CountersignException.class, () -> ask(stub));

            assertThat(failure.code().id()).isEqualTo("CS-507");
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void anEndpointThatCannotStream_isAskedForTheWhole_whichIsHeardInOnePiece() {
        try (OpenAiStub stub =
                OpenAiStub.start(request -> request.path("stream").asBoolean()
                        ? new OpenAiStub.Answer(400, "{\"error\":{\"message\":\"no streams here\"}}")
                        : OpenAiStub.says("Hello"))) {
            assertThat(ask(stub).aiMessage().text()).isEqualTo("Hello");
            assertThat(heard).containsExactly("Hello");
        }
    }

    @Test
    void anAnswerThatNeverEnds_isGivenUpAfterItsTime() {
        CountDownLatch end = new CountDownLatch(1);
        try (OpenAiStub stub = whole("unused")) {
            stub.streaming((request, pieces) -> {
                pieces.say("well");
                end.await();
            });

            CountersignException failure = catchThrowableOfType(
                    CountersignException.class,
                    () -> Streams.ask(model(stub, Duration.ofMillis(300)), HELLO, heard::add));

            assertThat(failure.code().id()).isEqualTo("CS-503");
            end.countDown();
        }
    }

    @Test
    void theOfflineModel_saysAllInOnePiece() {
        ChatResponse answer = Streams.ask(Models.offline(Phrasebook.empty()), HELLO, heard::add);

        assertThat(heard).containsExactly(answer.aiMessage().text());
    }
}
