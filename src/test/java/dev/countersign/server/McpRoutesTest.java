package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.mcpserver.LoginDesk;
import dev.countersign.mcpserver.permit.PermitMcpServer;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.Permits;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Permit tools behind the server's login, over real sockets, with two clients that are not ours, and the emulator's policy. */
@Tag("store")
@Timeout(120)
final class McpRoutesTest {
    private static final String KEY = "permit_key_of_the_desk";
    private static final String ASK = """
            {"resource_instance":"3","role":"child-can-view","reason":"%s"}""";
    private static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}";

    private static EmulatorServer emulator;
    private static Permit permit;
    private static LoginDesk desk;
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        emulator = EmulatorServer.start(EmulatorConfig.inMemory(KEY, Clock.systemUTC()));
        Map<String, String> settings =
                Map.of("PERMIT_API_KEY", KEY, "PERMIT_API_URL", emulator.url(), "PERMIT_PDP_URL", emulator.url());
        permit = Permits.connect(Config.of(new Places(folder, folder), settings).permit());
        desk = PermitMcpServer.forLogins(permit);
        server = new ServerFixture(folder, desk::answer);
    }

    @AfterAll
    static void stop() {
        server.close();
        desk.close();
        emulator.close();
    }

    private static McpClient client(String token, Map<String, Object> meta) {
        return DefaultMcpClient.builder()
                .transport(StreamableHttpMcpTransport.builder()
                        .url(server.url("/mcp").toString())
                        .customHeaders(Map.of("Authorization", "Bearer " + token))
                        .setHttpVersion1_1()
                        .build())
                .metaSupplier(context -> meta)
                .autoHealthCheck(false)
                .build();
    }

    private static String call(McpClient client, String tool, String arguments) {
        return client.executeTool(ToolExecutionRequest.builder()
                        .name(tool)
                        .arguments(arguments)
                        .build())
                .resultText();
    }

    private static List<PermitRequest> filedFor(String reason) {
        return permit.list(RequestKind.ACCESS, "joe", new RequestFilter(null, null, null, 1, 100)).data().stream()
                .filter(request -> request.reason().equals(reason))
                .toList();
    }

    private static String idAtPermit(String user) {
        return permit.user(user).orElseThrow().id();
    }

    private static HttpResponse<String> post(String token, String message) {
        return server.send(server.request("/mcp")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(BodyPublishers.ofString(message)));
    }

    private static HttpResponse<String> form(String path, String form) {
        return server.send(server.request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void promise7_aRequestIsFiledAsTheLogin_whateverTheCallerWritesIntoMeta() throws Exception {
        Map<String, Object> asJoe = Map.of(McpMeta.USER, "joe", McpMeta.REFERENCE, "somebody-elses");
        try (McpClient client = client(server.token("henry"), asJoe)) {
            assertThat(client.listTools()).hasSize(12);
            call(client, "create_access_request", String.format(ASK, "I am henry"));

            assertThat(filedFor("I am henry")).singleElement().satisfies(request -> {
                assertThat(request.requester()).isEqualTo(idAtPermit("henry"));
                assertThat(request.reference()).isNull();
            });
        }
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void promise7_anArgumentThatNamesAUserIsRefused_andNothingIsFiled() throws Exception {
        String arguments = String.format(ASK, "for joe").replace("{", "{\"user_id\":\"joe\",");
        try (McpClient client = client(server.token("henry"), Map.of())) {
            assertThatThrownBy(() -> call(client, "create_access_request", arguments))
                    .hasMessageContaining("invalid_arguments");
        }
        assertThat(filedFor("for joe")).isEmpty();
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void rolesAtPermitDecideWhatReviewersToolsDo_andNobodyDecidesOnAnOwnRequest() throws Exception {
        try (McpClient henry = client(server.token("henry"), Map.of());
                McpClient joe = client(server.token("joe"), Map.of())) {
            String id = Json.read(call(henry, "create_access_request", String.format(ASK, "please")))
                    .findPath("id")
                    .asText();
            String decide = "{\"access_request_id\":\"" + id + "\"}";

            assertThatThrownBy(() -> call(henry, "approve_access_request", decide));
            assertThat(filedFor("please").get(0).reviewer()).isNull();
            assertThat(Json.read(call(joe, "approve_access_request", decide))
                            .path("status")
                            .asText())
                    .isEqualTo("approved");

            String own = Json.read(call(joe, "create_access_request", String.format(ASK, "for myself")))
                    .findPath("id")
                    .asText();
            assertThatThrownBy(() -> call(joe, "approve_access_request", "{\"access_request_id\":\"" + own + "\"}"));
            assertThat(filedFor("for myself").get(0).reviewer()).isNull();
        }
    }

    @Test
    void theSdksOwnClientWorksWithoutASession() {
        HttpClientStreamableHttpTransport transport = HttpClientStreamableHttpTransport.builder(
                        server.url("").toString())
                .endpoint("/mcp")
                .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + server.token("rose")))
                .build();
        try (McpSyncClient client = io.modelcontextprotocol.client.McpClient.sync(transport)
                .requestTimeout(Duration.ofSeconds(30))
                .build()) {
            assertThat(client.initialize().serverInfo().name()).isEqualTo("countersign-permit");
            assertThat(client.listTools().tools()).hasSize(12);
            CallToolResult result = client.callTool(CallToolRequest.builder("check_permission")
                    .arguments(Map.of("action", "read", "resource_instance", "1"))
                    .build());
            JsonNode answer = Json.read(((TextContent) result.content().get(0)).text());
            assertThat(answer.path("user").asText()).isEqualTo("rose");
        }
    }

    @Test
    @SuppressWarnings("try") // the client's close may be interrupted
    void promise7_aLoginThatHasEndedIsOutWithItsNextMessage() throws Exception {
        String token = Json.read(
                        form("/token", "username=jane&password=jane_password").body())
                .path("access_token")
                .asText();
        String expired = server.token("jane");
        try (McpClient client = client(token, Map.of())) {
            assertThat(client.listTools()).hasSize(12);
            assertThat(server.send(server.request("/logout")
                                    .header("Authorization", "Bearer " + token)
                                    .POST(BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(204);

            assertThatThrownBy(() -> call(client, "list_resource_instances", "{}"))
                    .rootCause()
                    .hasMessageContaining("401");
        }
        HttpResponse<String> refused = post(token, LIST);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");

        server.clock.advance(Duration.ofMinutes(31));
        assertThat(post(expired, LIST).statusCode()).isEqualTo(401);
        assertThat(post(server.token("jane"), LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void nobodyIsGivenASession_soThereIsNoneToTake() {
        String initialize = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"by-hand","version":"1"}}}""";
        HttpResponse<String> joes = post(server.token("joe"), initialize);

        assertThat(joes.statusCode()).isEqualTo(200);
        assertThat(joes.headers().firstValue("Mcp-Session-Id")).isEmpty();
        assertThat(Json.read(joes.body()).at("/result/protocolVersion").asText())
                .isEqualTo("2025-06-18");
        assertThat(Json.read(post(server.token("joe"), initialize.replace("2025-06-18", "1999-01-01"))
                                .body())
                        .at("/result/protocolVersion")
                        .asText())
                .isEqualTo("2025-11-25");
    }

    @Test
    void whatNeedsNoAnswerGetsNone_andWhatCannotBeAnsweredIsSaidWithoutInsides() {
        String henry = server.token("henry");
        HttpResponse<String> told =
                post(henry, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/made\\u000aup\",\"params\":{}}");
        assertThat(told.statusCode()).isEqualTo(202);
        assertThat(told.body()).isEmpty();

        Map<String, Integer> codes = Map.of(
                "\"method\":\"resources/list\"", -32601,
                "\"method\":\"tools/call\",\"params\":{\"name\":\"no_such_tool\"}", -32602,
                "\"method\":\"tools/call\",\"params\":{\"name\":{\"a\":\"marker\"}}", -32602,
                "\"method\":\"tools/call\",\"params\":[\"marker\"]", -32602,
                "\"method\":\"tools/call\"", -32602);
        codes.forEach((words, code) -> {
            HttpResponse<String> answer = post(henry, "{\"jsonrpc\":\"2.0\",\"id\":\"a\"," + words + "}");
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode body = Json.read(answer.body());
            assertThat(body.path("id").asText()).isEqualTo("a");
            assertThat(body.at("/error/code").asInt()).as(words).isEqualTo(code);
            assertThat(answer.body())
                    .doesNotContain("marker")
                    .doesNotContain("jackson")
                    .doesNotContain("Exception");
        });
    }

    @Test
    void moreCallsThanThereIsRoomForAreSentAway_andMayComeAgain(@TempDir Path folder) throws Exception {
        CountDownLatch inside = new CountDownLatch(16);
        CountDownLatch go = new CountDownLatch(1);
        ServerParts.Mcp slow = (login, version, message) -> {
            inside.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        };
        try (ServerFixture full = new ServerFixture(folder, slow)) {
            List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                waiting.add(CompletableFuture.supplyAsync(() -> full.post("henry", "/mcp", LIST), work -> {
                    Thread thread = new Thread(work);
                    thread.setDaemon(true);
                    thread.start();
                }));
            }
            inside.await();

            HttpResponse<String> refused = full.post("joe", "/mcp", LIST);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            go.countDown();
            assertThat(waiting)
                    .allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(202));
            assertThat(full.post("joe", "/mcp", LIST).statusCode()).isEqualTo(202);
        }
    }
}
