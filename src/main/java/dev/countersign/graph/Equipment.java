package dev.countersign.graph;

import dev.countersign.checkpoint.Settings;
import dev.countersign.core.CountersignException;
import dev.countersign.tool.GateRules;
import dev.countersign.tool.RetryRule;
import dev.countersign.tool.ToolCallLog;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolRunner;
import dev.langchain4j.model.chat.ChatModel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What the nodes of one agent use: its definition, its model, its tools and the rules for them. */
record Equipment(
        AgentDefinition agent,
        ChatModel model,
        ToolClient tools,
        ToolRunner runner,
        GateRules rules,
        ToolCallLog log,
        SettingBook book,
        Ports ports) {
    /** For runs that are for real. */
    static Equipment of(Outfit outfit, Ports ports, Consumer<Duration> pause) {
        return of(
                outfit,
                ports,
                pause,
                new ToolCallLog(),
                new SettingBook(new Settings(ports.database()), outfit.agent()));
    }

    /** For runs of a record: nothing is waited for, logged as a call, or kept. */
    static Equipment ofReplay(Outfit outfit, Ports ports) {
        return of(outfit, ports, pause -> {}, ToolCallLog.silent(), SettingBook.closed());
    }

    private static Equipment of(
            Outfit outfit, Ports ports, Consumer<Duration> pause, ToolCallLog log, SettingBook book) {
        ToolRunner.Circumspection rules =
                new ToolRunner.Circumspection(RetryRule.DEFAULT, pause, ports.leases()::beforeSending, log);
        return new Equipment(
                outfit.agent(),
                outfit.model(),
                outfit.tools(),
                new ToolRunner(ports.effects(), outfit.tools(), rules),
                new GateRules(outfit.agent().policy()),
                log,
                book,
                ports);
    }

    /** The tools there are now; none when a server cannot be reached, so that every call is refused. */
    List<ToolInfo> catalogue() {
        try {
            return tools.tools();
        } catch (CountersignException e) {
            return List.of();
        }
    }
}
