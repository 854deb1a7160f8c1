package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Secret;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.core.Principal;
import dev.countersign.mcpserver.HttpSettings;
import dev.countersign.mcpserver.McpProgram;
import dev.countersign.mcpserver.RunningMcp;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Our HTTP connection with the official SDK on the other side: sessions, streams of events, a restart in between. */
final class SdkServerTest {
    private static final PrintStream NOWHERE =
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    private static McpProgram program() {
        Map<String, Object> schema =
                Map.of("type", "object", "properties", Map.of("text", Map.of("type", "string", "maxLength", 20)));
        SyncToolSpecification echo = SyncToolSpecification.builder()
                .tool(McpSchema.Tool.builder("echo", schema)
                        .description("says it again")
                        .annotations(McpSchema.ToolAnnotations.builder()
                                .readOnlyHint(true)
                                .build())
                        .build())
                .callHandler((exchange, request) -> McpSchema.CallToolResult.builder()
                        .structuredContent(Map.of(
                                "text",
                                String.valueOf(request.arguments().get("text")),
                                "user",
                                String.valueOf(request.meta().get(McpMeta.USER))))
                        .build())
                .build();
        return new McpProgram("echo", "Echoes.", List.of(echo));
    }

    @Test
    void toolsAndCalls_workOverStreamableHttp_alsoAfterTheServerWasRestarted() {
        Secret token = new Secret("a-token-for-the-test");
        RunningMcp server = program().http(HttpSettings.loopback(0, token), NOWHERE);
        ServerSpec spec = new ServerSpec(
                "echo",
                List.of(),
                Optional.of(server.uri()),
                Map.of(),
                Optional.of(token.value()),
                Duration.ofSeconds(20));
        try (ToolClient client = ToolClients.connect(List.of(spec), List.of("/bin/false"))) {
            assertThat(client.tools()).hasSize(1);
            assertThat(client.tools().get(0).readOnly()).isTrue();
            assertThat(client.tools()
                            .get(0)
                            .inputSchema()
                            .at("/properties/text/maxLength")
                            .asInt())
                    .isEqualTo(20);
            echoes(client);

            int port = server.uri().getPort();
            server.close();
            server = program().http(HttpSettings.loopback(port, token), NOWHERE);
            echoes(client);
        } finally {
            server.close();
        }
    }

    private static void echoes(ToolClient client) {
        ToolOutcome outcome =
                client.call(new ToolInvocation("echo", "{\"text\":\"crème 寿司\"}", new Principal("henry"), "k", null));
        assertThat(outcome).isInstanceOf(ToolOutcome.Succeeded.class);
        assertThat(Json.read(outcome.text()))
                .isEqualTo(Json.object().put("text", "crème 寿司").put("user", "henry"));
    }
}
