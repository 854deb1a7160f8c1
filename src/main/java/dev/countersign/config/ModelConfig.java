package dev.countersign.config;

import java.net.URI;
import java.time.Duration;

/**
 * Which chat model answers.
 *
 * @param provider openai or offline; offline by default when no key is set
 * @param apiKey may be empty for local endpoints such as Ollama or vLLM
 * @param baseUrl any OpenAI-compatible base, default {@code https://api.openai.com/v1}
 * @param model model name, default {@code gpt-4.1-mini}
 * @param timeout of one model request, default 60 s
 */
public record ModelConfig(Provider provider, Secret apiKey, URI baseUrl, String model, Duration timeout) {
    /** The two kinds of model. */
    public enum Provider {
        OPENAI,
        OFFLINE
    }
}
