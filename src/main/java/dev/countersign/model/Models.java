package dev.countersign.model;

import dev.countersign.config.ModelConfig;
import dev.langchain4j.model.chat.ChatModel;

/**
 * The way to a chat model. Both kinds are safe for use by many threads, keep nothing between requests and execute nothing:
 * a request enters, words or tool calls leave. Failures are {@code CountersignException}s with codes {@code CS-5xx}.
 */
public final class Models {
    private Models() {}

    /**
     * The model that the settings name.
     *
     * @param phrasebook what the offline model knows of the agent's domain; the other kind ignores it
     */
    public static ChatModel create(ModelConfig config, Phrasebook phrasebook) {
        return config.provider() == ModelConfig.Provider.OFFLINE
                ? new OfflineModel(phrasebook)
                : OpenAiCompatible.connect(config);
    }

    /** The offline demo model: deterministic, without a network. */
    public static ChatModel offline(Phrasebook phrasebook) {
        return new OfflineModel(phrasebook);
    }
}
