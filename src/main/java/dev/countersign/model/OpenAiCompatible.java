package dev.countersign.model;

import dev.countersign.config.ModelConfig;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;

/**
 * Any endpoint that speaks OpenAI's chat completions: OpenAI, Gemini's compatible endpoint, Ollama, vLLM. Tool schemas go out
 * strict, one tool call at a time is asked for, and a failed request is repeated once, since asking a model changes nothing.
 */
final class OpenAiCompatible implements ChatModel {
    private static final int RETRIES = 1;

    private final ChatModel delegate;
    private final ModelConfig config;

    private OpenAiCompatible(ChatModel delegate, ModelConfig config) {
        this.delegate = delegate;
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
        return new OpenAiCompatible(builder.build(), config);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        ChatRequest fitted = ProviderFit.fit(request);
        ChatResponse response;
        try {
            response = delegate.chat(fitted);
        } catch (RuntimeException e) {
            throw ModelFailure.from(e, config);
        }
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
