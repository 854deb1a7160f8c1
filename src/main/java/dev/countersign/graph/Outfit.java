package dev.countersign.graph;

import dev.countersign.tool.ToolClient;
import dev.langchain4j.model.chat.ChatModel;

/** An agent ready to run: what its file says, the model that answers and the tools it has. The runtime closes the tools. */
public record Outfit(AgentDefinition agent, ChatModel model, ToolClient tools) {}
