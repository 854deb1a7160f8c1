package dev.countersign.mcpserver;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Principal;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A set of tools for callers who have each logged in themselves. One JSON-RPC message of streamable HTTP goes in, its answer comes
 * out; whoever listens on the socket has proven the login before. The call acts as that login and as nobody else: what a caller
 * writes into {@code _meta} is not read at all, and an argument that names a user is refused like any other that is unknown.
 *
 * <p>There are no sessions: nothing is kept between two messages, so no two callers share anything, nothing can be stolen, a login
 * that has ended is out with its next message, and every node of a store can answer any of them. Safe for use by many threads; a
 * call is worked off in the caller's thread, and never throws for what its tool does.
 */
public final class LoginDesk implements AutoCloseable {
    private static final ErrorCode NOT_MCP = new ErrorCode("CS-453", ErrorCode.Kind.INVALID);
    private static final ErrorCode OTHER_VERSION = new ErrorCode("CS-454", ErrorCode.Kind.INVALID);
    private static final Logger LOG = LoggerFactory.getLogger(LoginDesk.class);
    private static final String LOGIN = "dev.countersign.login";
    private static final int NO_SUCH_METHOD = -32601;
    private static final int INVALID_PARAMS = -32602;

    /** What there is without sessions; the SDK would write the name of any other method into the log. */
    private static final Set<String> METHODS = Set.of("initialize", "ping", "tools/list", "tools/call");

    /** Those that have streamable HTTP, the newest last: it is what a client is offered that asks for none of them. */
    private static final List<String> VERSIONS =
            List.of(ProtocolVersions.MCP_2025_03_26, ProtocolVersions.MCP_2025_06_18, ProtocolVersions.MCP_2025_11_25);

    private final Socket socket = new Socket();
    private final McpStatelessSyncServer server;

    /**
     * A desk with these tools.
     *
     * @param name as clients see it
     * @param instructions for the model behind the client
     */
    public LoginDesk(String name, String instructions, List<ToolDefinition> tools) {
        // In the caller's thread, so that as many calls run at a time as the caller lets in.
        this.server = McpServer.sync(socket)
                .serverInfo(name, McpProgram.VERSION)
                .instructions(instructions)
                .capabilities(ServerCapabilities.builder().tools(false).build())
                .validateToolInputs(false)
                .immediateExecution(true)
                .tools(tools.stream().map(LoginDesk::specification).toList())
                .build();
    }

    private static SyncToolSpecification specification(ToolDefinition tool) {
        return SyncToolSpecification.builder()
                .tool(tool.tool(Identity.boundByHost()))
                .callHandler((context, request) -> {
                    Identity login = Identity.desktop((Principal) context.get(LOGIN));
                    // Neither a user, nor a reference by which our own filings are found again, is taken from a caller.
                    return new ToolRunner(tool, login)
                            .run(McpSchema.CallToolRequest.builder(request.name())
                                    .arguments(request.arguments())
                                    .build());
                })
                .build();
    }

    /**
     * Answers one message of a caller.
     *
     * @param login who has proven to be calling
     * @param version what the header {@code MCP-Protocol-Version} says; null when it is missing
     * @param message a JSON object
     * @return the JSON-RPC answer; empty when the message asks for none
     * @throws CountersignException {@code CS-453} when it is no message of JSON-RPC, {@code CS-454} for a version that is not spoken
     */
    public Optional<String> answer(Principal login, @Nullable String version, String message) {
        if (version != null && !VERSIONS.contains(version)) {
            throw new CountersignException(
                    OTHER_VERSION, "expected MCP-Protocol-Version to be one of " + VERSIONS + ", got another");
        }
        JSONRPCMessage read = read(message);
        if (read instanceof JSONRPCNotification) {
            return Optional.empty();
        }
        if (read instanceof JSONRPCRequest request
                && (request.id() instanceof String || request.id() instanceof Number)) {
            return Optional.of(written(answer(login, request)));
        }
        throw new CountersignException(NOT_MCP, "expected a JSON-RPC request or notification, got something else");
    }

    private JSONRPCResponse answer(Principal login, JSONRPCRequest request) {
        if (!METHODS.contains(request.method())) {
            return JSONRPCResponse.error(
                    request.id(), new JSONRPCError(NO_SUCH_METHOD, "expected one of " + METHODS + ", got another"));
        }
        McpTransportContext context = McpTransportContext.create(Map.of(LOGIN, login));
        JSONRPCResponse response = handled(context, request);
        // Its own words for an error may tell of its insides, and repeat what was sent.
        return response != null && response.error() == null
                ? response
                : JSONRPCResponse.error(
                        request.id(),
                        new JSONRPCError(
                                INVALID_PARAMS,
                                "expected the parameters of " + request.method() + ", and the name of a tool that"
                                        + " tools/list shows, got something else"));
    }

    private @Nullable JSONRPCResponse handled(McpTransportContext context, JSONRPCRequest request) {
        try {
            return socket.handler()
                    .handleRequest(context, request)
                    .contextWrite(to -> to.put(McpTransportContext.KEY, context))
                    .block();
        } catch (RuntimeException e) {
            // No tool of ours throws, so this is the SDK over parameters that it cannot read; what it says repeats
            // them.
            LOG.info(
                    "parameters of {} could not be read: {}",
                    request.method(),
                    e.getClass().getName());
            return null;
        }
    }

    private static JSONRPCMessage read(String message) {
        try {
            return McpSchema.deserializeJsonRpcMessage(McpJsonDefaults.getMapper(), message);
        } catch (IOException | RuntimeException e) {
            throw new CountersignException(NOT_MCP, "expected one JSON-RPC message, got something else");
        }
    }

    private static String written(JSONRPCResponse response) {
        try {
            return McpJsonDefaults.getMapper().writeValueAsString(response);
        } catch (IOException e) {
            throw new IllegalStateException("an answer can be written", e);
        }
    }

    @Override
    public void close() {
        server.close();
    }

    /** Where the SDK leaves what takes its messages. */
    private static final class Socket implements McpStatelessServerTransport {
        private volatile @Nullable McpStatelessServerHandler handler;

        @Override
        public void setMcpHandler(McpStatelessServerHandler taker) {
            handler = taker;
        }

        McpStatelessServerHandler handler() {
            McpStatelessServerHandler taker = handler;
            if (taker == null) {
                throw new IllegalStateException("the SDK's server is not built yet");
            }
            return taker;
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }

        @Override
        public List<String> protocolVersions() {
            return VERSIONS;
        }
    }
}
