package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.tool.GateRules;
import dev.countersign.tool.ToolCallLog;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolRunner;
import dev.langchain4j.model.chat.ChatModel;
import java.util.List;

/** What the nodes of one agent use: its definition, its model, its tools and the rules for them. */
record Equipment(
        AgentDefinition agent,
        ChatModel model,
        ToolClient tools,
        ToolRunner runner,
        GateRules rules,
        ToolCallLog log,
        Ports ports) {
    /** The tools there are now; none when a server cannot be reached, so that every call is refused. */
    List<ToolInfo> catalogue() {
        try {
            return tools.tools();
        } catch (CountersignException e) {
            return List.of();
        }
    }
}
