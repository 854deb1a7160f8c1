package dev.countersign.lab.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.tool.ServerSpec;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolClients;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** W5: calls of the tool {@code echo} of an MCP server over stdio, one after the other, each answer checked. */
public final class Calls {
    private static final int WARM_UP = 500;
    private static final int CHARS = 500;
    private static final Principal USER = new Principal("henry");

    private Calls() {}

    /**
     * Measures.
     *
     * @param server the command that starts the server
     */
    public static ObjectNode run(List<String> server, int calls) throws InterruptedException {
        ServerSpec spec =
                new ServerSpec("echo", server, Optional.empty(), Map.of(), Optional.empty(), Duration.ofSeconds(60));
        try (ToolClient client = ToolClients.connect(List.of(spec), List.of())) {
            long began = System.nanoTime();
            client.tools();
            double connect = (System.nanoTime() - began) / 1e6;
            for (int i = 0; i < WARM_UP; i++) {
                call(client, i);
            }
            Gauge gauge = new Gauge();
            double processor = Gauge.processorMillis();
            for (int i = 0; i < calls; i++) {
                int number = i;
                gauge.measure(() -> call(client, number));
            }
            double spent = Gauge.processorMillis() - processor;
            return new Figures("countersign", "W5", "stdio")
                    .put("calls", calls)
                    .put("p50_ms", gauge.wallQuantile(0.5))
                    .put("p99_ms", gauge.wallQuantile(0.99))
                    .put("calls_s", calls / gauge.totalSeconds())
                    .put("client_cpu_ms_call", spent / calls)
                    .put("connect_ms", connect)
                    .line();
        }
    }

    private static void call(ToolClient client, int number) {
        String text = Payload.text(CHARS, number);
        ToolOutcome outcome = client.call(
                new ToolInvocation("echo", Json.write(Json.object().put("text", text)), USER, "w5-" + number, null));
        if (!(outcome instanceof ToolOutcome.Succeeded answer) || !answer.text().equals(text)) {
            throw new IllegalStateException("call " + number + " was answered by " + outcome.word());
        }
    }
}
