package dev.countersign.mcpserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.mcpserver.permit.PermitMcpServer;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stdio, spoken by hand and by a client that shares no code with the server. */
@Timeout(60)
final class StdioTransportTest {
    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
            "capabilities":{},"clientInfo":{"name":"by-hand","version":"1"}}}""";
    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    /** A server in this process with its streams in our hands. */
    private static final class ByHand implements AutoCloseable {
        final PipedOutputStream toServer = new PipedOutputStream();
        final BufferedReader answers;
        final ByteArrayOutputStream ready = new ByteArrayOutputStream();
        final RunningMcp running;

        ByHand(Identity identity) throws IOException {
            PipedInputStream in = new PipedInputStream(toServer, 1 << 16);
            PipedInputStream out = new PipedInputStream(1 << 20);
            answers = new BufferedReader(new InputStreamReader(out, StandardCharsets.UTF_8));
            running = PermitMcpServer.program(new FakePermit(), identity, List.of())
                    .stdio(in, new PipedOutputStream(out), new PrintStream(ready, true, StandardCharsets.UTF_8));
        }

        void send(String line) throws IOException {
            toServer.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            toServer.flush();
        }

        JsonNode answer() throws IOException {
            String line = answers.readLine();
            return line == null ? Json.object() : Json.read(line);
        }

        JsonNode ask(String line) throws IOException {
            send(line);
            return answer();
        }

        @Override
        public void close() {
            running.close();
        }
    }

    private static String call(int id, String user, String tool, String arguments) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                + "\",\"arguments\":" + arguments + ",\"_meta\":{\"" + McpMeta.USER + "\":\"" + user + "\"}}}";
    }

    @Test
    void spokenByHand_itListsAndCalls_andSaysOnceThatItIsReady() throws IOException {
        try (ByHand server = new ByHand(Identity.boundByHost())) {
            assertThat(server.ready.toString(StandardCharsets.UTF_8).lines())
                    .containsExactly("countersign-permit is ready on stdio with 12 tools");
            assertThat(server.ask(INITIALIZE)
                            .path("result")
                            .path("serverInfo")
                            .path("name")
                            .asText())
                    .isEqualTo("countersign-permit");
            server.send(INITIALIZED);
            JsonNode tools = server.ask("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}")
                    .path("result")
                    .path("tools");
            assertThat(tools).hasSize(12);
            assertThat(tools.path(2)
                            .path("inputSchema")
                            .path("additionalProperties")
                            .asBoolean(true))
                    .isFalse();
            JsonNode result = server.ask(call(3, "henry", "list_resource_instances", "{}"))
                    .path("result");
            assertThat(result.path("isError").asBoolean()).isFalse();
            assertThat(result.path("structuredContent").path("data")).hasSize(4);
            assertThat(Json.read(result.path("content").path(0).path("text").asText()))
                    .isEqualTo(result.path("structuredContent"));
        }
    }

    @Test
    void aRefusalIsAToolResult_anUnknownOrLookAlikeToolIsAProtocolError() throws IOException {
        try (ByHand server = new ByHand(Identity.boundByHost())) {
            server.ask(INITIALIZE);
            server.send(INITIALIZED);
            JsonNode refused = server.ask(call(2, "henry", "check_permission", "{\"action\":\"read\"}"))
                    .path("result");
            assertThat(refused.path("isError").asBoolean()).isTrue();
            assertThat(refused.path("content").path(0).path("text").asText())
                    .startsWith("{\"error\":\"invalid_arguments\"");
            int id = 3;
            for (String name : List.of(
                    "approve_access_request ", "Approve_Access_Request", "approve_аccess_request", "no_tool", "../x")) {
                JsonNode answer = server.ask(call(id++, "joe", name, "{}"));
                assertThat(answer.has("error")).as(name).isTrue();
                assertThat(answer.toString()).doesNotContain("\\tat ").doesNotContain("Exception");
            }
        }
    }

    @Test
    void aLineThatIsNoMessageIsAnswered_andTheNextOneIsServed() throws IOException {
        try (ByHand server = new ByHand(Identity.boundByHost())) {
            server.ask(INITIALIZE);
            server.send(INITIALIZED);
            for (String bad : List.of("not json", "[]", "{\"id\":1}", "\"text\"", "x".repeat((1 << 20) + 10))) {
                JsonNode answer = server.ask(bad);
                assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32700);
                assertThat(answer.path("id").isNull()).isTrue();
            }
            assertThat(server.ask(call(9, "henry", "list_resource_instances", "{}"))
                            .path("id")
                            .asInt())
                    .isEqualTo(9);
        }
    }

    @Test
    void whenTheHostEndsItsStream_whatItAskedIsAnsweredFirst_thenTheServerEnds() throws Exception {
        try (ByHand server = new ByHand(Identity.boundByHost())) {
            server.send(INITIALIZE);
            server.send(INITIALIZED);
            for (int id = 2; id < 12; id++) {
                server.send(call(id, "henry", "list_resource_instances", "{}"));
            }
            server.toServer.close();
            for (int i = 0; i < 11; i++) {
                assertThat(server.answer().has("result")).isTrue();
            }
            server.running.join();
        }
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void asAProcess_anIndependentClientListsCallsAndIsRefused() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                StdioPrograms.class.getName(),
                "deny_access_request");
        String[] user = {"henry"};
        try (McpClient client = DefaultMcpClient.builder()
                .transport(StdioMcpTransport.builder().command(command).build())
                .metaSupplier(context -> Map.of(McpMeta.USER, user[0]))
                .autoHealthCheck(false)
                .build()) {
            assertThat(client.listTools())
                    .extracting(ToolSpecification::name)
                    .hasSize(11)
                    .doesNotContain("deny_access_request");
            JsonNode filed = Json.read(execute(
                    client,
                    "create_access_request",
                    "{\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"Geburtstag für Ömer 🍝\"}"));
            assertThat(filed.path("access_request").path("reason").asText()).isEqualTo("Geburtstag für Ömer 🍝");
            String decision = "{\"access_request_id\":\""
                    + filed.path("access_request").path("id").asText() + "\"}";
            assertThatThrownBy(() -> execute(client, "approve_access_request", decision))
                    .isInstanceOf(ToolExecutionException.class)
                    .hasMessageContaining("\"error\":\"forbidden\"");
            user[0] = "joe";
            assertThat(Json.read(execute(client, "approve_access_request", decision))
                            .path("status")
                            .asText())
                    .isEqualTo("approved");
        }
    }

    private static String execute(McpClient client, String tool, String arguments) {
        return client.executeTool(ToolExecutionRequest.builder()
                        .name(tool)
                        .arguments(arguments)
                        .build())
                .resultText();
    }

    @Test
    void asAProcess_itWritesNothingButProtocolAndOneReadyLine_andEndsWithItsHost() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StdioPrograms.class.getName())
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write((INITIALIZE + "\n" + INITIALIZED + "\n" + call(2, "joe", "list_access_requests", "{}") + "\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        List<String> out = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        List<String> err = process.errorReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(out)
                .hasSize(2)
                .allSatisfy(line ->
                        assertThat(Json.read(line).path("jsonrpc").asText()).isEqualTo("2.0"));
        assertThat(err).containsExactly("countersign-permit is ready on stdio with 12 tools");
        assertThat(process.exitValue()).isZero();
    }
}
