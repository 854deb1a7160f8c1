package dev.countersign.mcpserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.Secret;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.core.Principal;
import dev.countersign.mcpserver.permit.PermitMcpServer;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streamable HTTP: who may speak to it, what errors tell, and an independent client. */
@Timeout(60)
final class HttpTransportTest {
    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}";
    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
            "capabilities":{},"clientInfo":{"name":"by-hand","version":"1"}}}""";

    private final FakePermit permit = new FakePermit();
    private final ByteArrayOutputStream ready = new ByteArrayOutputStream();
    private final RunningMcp server = start(Identity.boundByHost());

    private RunningMcp start(Identity identity) {
        return PermitMcpServer.program(permit, identity, List.of())
                .http(
                        new HttpSettings("127.0.0.1", 0, new Secret(TOKEN), 10_000),
                        new PrintStream(ready, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** One request written by hand, since an HTTP client would not send the wrong Host. */
    private Reply post(String body, String... headers) throws IOException {
        StringBuilder request = new StringBuilder("POST /mcp HTTP/1.1\r\nConnection: close\r\n");
        request.append("Accept: application/json, text/event-stream\r\n");
        request.append("Content-Type: application/json\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (!request.toString().contains("Transfer-Encoding")) {
            request.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        return exchange(request + "\r\n" + body);
    }

    private Reply exchange(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Reply(Integer.parseInt(all.substring(9, 12)), all);
        }
    }

    private record Reply(int status, String all) {}

    private String host() {
        return "Host: 127.0.0.1:" + server.uri().getPort();
    }

    private static final String BEARER = "Authorization: Bearer " + TOKEN;

    @Test
    void withoutTheTokenNobodyGetsIn() throws IOException {
        for (String[] headers : new String[][] {
            {host()},
            {host(), "Authorization: Bearer wrong"},
            {host(), "Authorization: Bearer "},
            {host(), "Authorization: Basic " + TOKEN},
            {host(), "Authorization: Bearer " + TOKEN + "x"}
        }) {
            Reply reply = post(INITIALIZE, headers);
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.all()).contains("WWW-Authenticate: Bearer").doesNotContain(TOKEN);
        }
        assertThat(permit.calls).isEmpty();
    }

    @Test
    void aForeignPageOrAReboundNameIsRefused_evenWithTheToken() throws IOException {
        for (String origin :
                List.of("https://evil.example", "http://127.0.0.1.evil.example", "null", "http://", "::")) {
            assertThat(post(INITIALIZE, host(), BEARER, "Origin: " + origin).status())
                    .as(origin)
                    .isEqualTo(403);
        }
        for (String name : List.of("evil.example", "127.0.0.1.evil.example", "")) {
            assertThat(post(INITIALIZE, "Host: " + name, BEARER).status())
                    .as(name)
                    .isIn(421, 400);
        }
        assertThat(post(INITIALIZE, host(), BEARER, "Origin: http://localhost:6274")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void errorsCarryNoStackTrace_whateverIsSent() throws IOException {
        List<Reply> replies = List.of(
                post(LIST, host(), BEARER, "Mcp-Session-Id: no-such-session"),
                post(LIST, host(), BEARER),
                post("not json", host(), BEARER),
                post("[]", host(), BEARER),
                exchange("GET /mcp HTTP/1.1\r\nConnection: close\r\n" + host() + "\r\n" + BEARER + "\r\n\r\n"),
                exchange("PUT /mcp HTTP/1.1\r\nConnection: close\r\n" + host() + "\r\n" + BEARER + "\r\n\r\n"),
                exchange("GET /other HTTP/1.1\r\nConnection: close\r\n" + host() + "\r\n" + BEARER + "\r\n\r\n"),
                exchange("DELETE /mcp HTTP/1.1\r\nConnection: close\r\n" + host() + "\r\n" + BEARER + "\r\n\r\n"));
        assertThat(replies.get(0).status()).isEqualTo(404);
        assertThat(replies).allSatisfy(reply -> {
            assertThat(reply.status()).isBetween(400, 499);
            assertThat(reply.all())
                    .doesNotContain("stackTrace")
                    .doesNotContain("io.modelcontextprotocol")
                    .doesNotContain("Exception")
                    .doesNotContain(TOKEN);
        });
    }

    @Test
    void aRequestThatIsTooLargeIsRefused_alsoWhenItHidesItsLength() throws IOException {
        String large = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + "x".repeat(20_000) + "\"}";
        assertThat(post(large, host(), BEARER).status()).isEqualTo(413);
        String chunk = Integer.toHexString(large.length()) + "\r\n" + large + "\r\n0\r\n\r\n";
        Reply hidden = post(chunk, host(), BEARER, "Transfer-Encoding: chunked");
        assertThat(hidden.status()).isIn(400, 413);
        assertThat(hidden.all()).doesNotContain("Exception");
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void anIndependentClientListsAndCallsAsTheUserItsHostNames() throws Exception {
        try (McpClient client = client(server.uri(), "joe")) {
            assertThat(client.listTools()).hasSize(12);
            assertThat(Json.read(execute(client)).path("user").asText()).isEqualTo("joe");
        }
        assertThat(ready.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("countersign-permit is ready at " + server.uri() + " with 12 tools");
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void aFixedUserHoldsOverHttpToo() throws Exception {
        RunningMcp fixed = start(Identity.desktop(new Principal("henry")));
        try (McpClient client = client(fixed.uri(), "joe")) {
            assertThatThrownBy(() -> execute(client)).hasMessageContaining("identity_mismatch");
            assertThat(permit.calls).isEmpty();
        } finally {
            fixed.close();
        }
    }

    @Test
    void withoutATokenNothingIsServed_andATakenPortIsSaid() {
        McpProgram program = PermitMcpServer.program(permit, Identity.boundByHost(), List.of());
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThatThrownBy(() -> program.http(HttpSettings.loopback(0, new Secret(" ")), nowhere))
                .hasMessageContaining("CS-452")
                .hasMessageContaining("COUNTERSIGN_MCP_TOKEN");
        assertThatThrownBy(
                        () -> program.http(HttpSettings.loopback(server.uri().getPort(), new Secret(TOKEN)), nowhere))
                .hasMessageContaining("CS-452")
                .hasMessageContaining("--port");
    }

    private static McpClient client(URI uri, String user) {
        return DefaultMcpClient.builder()
                .transport(StreamableHttpMcpTransport.builder()
                        .url(uri.toString())
                        .customHeaders(Map.of("Authorization", "Bearer " + TOKEN))
                        .setHttpVersion1_1()
                        .build())
                .metaSupplier(context -> Map.of(McpMeta.USER, user))
                .autoHealthCheck(false)
                .build();
    }

    private static String execute(McpClient client) {
        return client.executeTool(ToolExecutionRequest.builder()
                        .name("check_permission")
                        .arguments("{\"action\":\"read\",\"resource_instance\":\"1\"}")
                        .build())
                .resultText();
    }
}
