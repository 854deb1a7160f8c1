package dev.countersign.replay;

import dev.countersign.graph.AgentDefinition;
import dev.langchain4j.model.chat.ChatModel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a what-if supposes to be otherwise. What is null is as it was recorded.
 *
 * @param agent its prompt, policy and limits; the tools stay those that were recorded
 * @param model asked in place of the recorded answers, as often as the agent's limits allow; nothing else goes out
 * @param roles that the owner holds
 */
public record Supposed(
        @Nullable AgentDefinition agent,
        @Nullable ChatModel model,
        @Nullable Set<String> roles) {
    public Supposed {
        roles = roles == null ? null : Set.copyOf(roles);
    }

    /** Nothing is otherwise. */
    public static Supposed nothing() {
        return new Supposed(null, null, null);
    }
}
