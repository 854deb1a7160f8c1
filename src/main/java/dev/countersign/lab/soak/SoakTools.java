package dev.countersign.lab.soak;

import dev.countersign.mcpserver.Effect;
import dev.countersign.mcpserver.Field;
import dev.countersign.mcpserver.Identity;
import dev.countersign.mcpserver.McpProgram;
import dev.countersign.mcpserver.Schemas;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.mcpserver.ToolDefinition;
import dev.countersign.mcpserver.permit.PermitTools;
import dev.countersign.permit.Permit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The soak's own MCP server: Permit's tools, and some whose effects are lines of a ledger. Safe for use by many threads. */
public final class SoakTools {
    private static final int MILLIS_MAX = 10_000;

    private final Ledger ledger;
    private final Consumer<Duration> pause;

    private SoakTools(Ledger ledger, Consumer<Duration> pause) {
        this.ledger = ledger;
        this.pause = pause;
    }

    /**
     * The server.
     *
     * @param ledger the file its effects go to
     * @param pause waits for the given time
     */
    public static McpProgram program(Permit permit, Path ledger, Consumer<Duration> pause) {
        SoakTools tools = new SoakTools(new Ledger(ledger), pause);
        List<ToolDefinition> own = List.of(
                tools.tool("mark", Effect.ADDS),
                tools.tool("keep", Effect.ONCE_PER_KEY),
                tools.tool("gated", Effect.ADDS),
                tools.tool("brief", Effect.ADDS));
        return new McpProgram(
                "countersign-soak",
                "Effects that can be counted.",
                PermitTools.over(permit, Identity.boundByHost()).beside(own).specifications());
    }

    private ToolDefinition tool(String name, Effect effect) {
        return new ToolDefinition(
                new ToolDefinition.Face(name, "Soak: " + name, "Writes its token into the soak's ledger."),
                List.of(
                        Field.key("token", "What to write."),
                        Field.key("plot", "What it is about."),
                        Field.number("millis", MILLIS_MAX, 1, "How long it takes.")),
                Schemas.object("done", Schemas.string("the token")),
                effect,
                call -> done(name, call));
    }

    /** The effect stands in the middle of the call's time: a kill finds it not yet begun, or done and not yet told. */
    private Map<String, Object> done(String tool, ToolCall call) {
        Duration half = Duration.ofMillis(call.arguments().number("millis")).dividedBy(2);
        String token = call.arguments().text("token");
        pause.accept(half);
        ledger.append(new Ledger.Line(token, tool, String.valueOf(call.idempotencyKey())));
        pause.accept(half);
        return Map.of("done", token);
    }
}
