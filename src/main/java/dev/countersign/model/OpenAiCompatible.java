package dev.countersign.model;

import dev.countersign.config.ModelConfig;
import dev.countersign.core.CountersignException;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.function.Consumer;

/**
 * Any endpoint that speaks OpenAI's chat completions: OpenAI, Gemini's compatible endpoint, Ollama, vLLM. Tool schemas go out
 * strict, one tool call at a time is asked for, and a failed request is repeated once, since asking a model changes nothing. An
 * answer that somebody has begun to hear is not asked for again: a stream that breaks then is a failure.
 */
final class OpenAiCompatible implements ChatModel, Streams {
    private static final int RETRIES = 1;

    private final ChatModel delegate;
    private final StreamingChatModel streaming;
    private final ModelConfig config;

    private OpenAiCompatible(ChatModel delegate, StreamingChatModel streaming, ModelConfig config) {
        this.delegate = delegate;
        this.streaming = streaming;
        this.config = config;
    }

    static OpenAiCompatible connect(ModelConfig config) {
        OpenAiChatModel.OpenAiChatModelBuilder builder = OpenAiChatModel.builder()
                .baseUrl(config.baseUrl().toString())
                .modelName(config.model())
                .strictTools(true)
                .parallelToolCalls(false)
                .timeout(config.timeout())
                .maxRetries(RETRIES)
                .logRequests(false)
                .logResponses(false);
        // Ollama and vLLM want no key, but the client insists on a header: any word serves.
        String key = config.apiKey().value();
        builder.apiKey(key.isEmpty() ? "none" : key);
        return new OpenAiCompatible(builder.build(), streaming(config), config);
    }

    private static StreamingChatModel streaming(ModelConfig config) {
        String key = config.apiKey().value();
        return OpenAiStreamingChatModel.builder()
                .baseUrl(config.baseUrl().toString())
                .modelName(config.model())
                .strictTools(true)
                .parallelToolCalls(false)
                .timeout(config.timeout())
                .logRequests(false)
                .logResponses(false)
                .apiKey(key.isEmpty() ? "none" : key)
                .build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        try {
            return usable(delegate.chat(ProviderFit.fit(request)));
        } catch (RuntimeException e) {
            throw ModelFailure.from(e, config);
        }
    }

    @Override
    public ChatResponse chat(ChatRequest request, Consumer<String> words) {
        StreamedAnswer answer = new StreamedAnswer(words, config);
        try {
            streaming.chat(ProviderFit.fit(request), answer);
            return usable(answer.await());
        } catch (RuntimeException e) {
            CountersignException failure = ModelFailure.from(e, config);
            if (answer.begun() || failure.code().equals(ModelFailure.TIMED_OUT)) {
                throw failure;
            }
            // Nobody has heard a word, so it may be asked again; not every endpoint knows how to stream.
            ChatResponse whole = doChat(request);
            String text = whole.aiMessage().text();
            if (!isBlank(text)) {
                words.accept(String.valueOf(text));
            }
            return whole;
        }
    }

    private ChatResponse usable(ChatResponse response) {
        AiMessage answer = response.aiMessage();
        if (answer == null || (!answer.hasToolExecutionRequests() && isBlank(answer.text()))) {
            throw ModelFailure.emptyAnswer(config);
        }
        return response.toBuilder().aiMessage(ProviderFit.withoutNulls(answer)).build();
    }

    private static boolean isBlank(@org.jspecify.annotations.Nullable String text) {
        return text == null || text.isBlank();
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OPEN_AI;
    }
}
