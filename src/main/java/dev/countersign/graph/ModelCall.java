package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Traces;
import dev.countersign.model.Streams;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question to a model, told to whoever traces: which model, how many tokens, why it ended; never what was said. */
final class ModelCall {
    private ModelCall() {}

    static AiMessage ask(ChatModel model, ChatRequest request, Optional<Consumer<String>> preview) {
        Traces.Span span = Traces.model(provider(model), name(model));
        try {
            ChatResponse response =
                    preview.map(words -> Streams.ask(model, request, words)).orElseGet(() -> model.chat(request));
            @Nullable TokenUsage usage = response.tokenUsage();
            Traces.answered(
                    span,
                    response.modelName(),
                    usage == null ? null : usage.inputTokenCount(),
                    usage == null ? null : usage.outputTokenCount());
            if (response.finishReason() != null) {
                Traces.finished(span, response.finishReason().name().toLowerCase(Locale.ROOT));
            }
            return response.aiMessage();
        } catch (RuntimeException e) {
            span.failed(
                    e instanceof CountersignException ours
                            ? ours.code().id()
                            : e.getClass().getName());
            throw e;
        } finally {
            span.end();
        }
    }

    /** OpenTelemetry's word for the maker of the model's interface; whoever stands behind that is not known. */
    private static String provider(ChatModel model) {
        return model.provider() == ModelProvider.OPEN_AI ? "openai" : "_OTHER";
    }

    private static String name(ChatModel model) {
        var parameters = model.defaultRequestParameters();
        return parameters == null || parameters.modelName() == null ? "" : parameters.modelName();
    }
}
