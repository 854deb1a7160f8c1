package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.McpToolMetadataKeys;
import dev.langchain4j.mcp.protocol.McpCallToolRequest;
import dev.langchain4j.service.tool.ToolExecutionResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One session with a server, from its introduction to its death; never revived. Safe for use by many threads. */
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final String INVOCATION = "invocation";
    /** A server that answered this lately needs no ping before the next call. */
    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    private final Wire wire;
    private final ToolLimits limits;
    private final Duration timeout;
    private final DefaultMcpClient client;
    private final AtomicInteger inFlight = new AtomicInteger();
    /** What the library returns as the text of a "result" when time is up; no server can know it. */
    private final String timeoutMark = newMark();

    private volatile long answeredAt = System.nanoTime();
    private volatile @Nullable List<ToolSpecification> listed;
    private volatile List<ToolInfo> tools = List.of();

    /**
     * Starts the session.
     *
     * @throws UnreachableException when the server cannot be started or does not introduce itself in time
     */
    static Link open(ServerSpec spec, Wire wire, ToolLimits limits) throws UnreachableException {
        try {
            return new Link(spec, wire, limits);
        } catch (RuntimeException e) {
            String death = wire.death();
            wire.close();
            String why = death == null ? reason(spec, e, limits) : death;
            throw new UnreachableException(why, e);
        }
    }

    private static String reason(ServerSpec spec, RuntimeException failure, ToolLimits limits) {
        Throwable root = root(failure);
        return root instanceof TimeoutException
                ? "server " + spec.name() + " did not introduce itself within "
                        + limits.start().toSeconds() + " s"
                : root instanceof UnreachableException
                        ? String.valueOf(root.getMessage())
                        : "server " + spec.name() + " could not be used: "
                                + Words.brief(String.valueOf(root.getMessage()));
    }

    /** What is at the bottom of a failure, or the first of our own words on the way down. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof UnreachableException)) {
            root = root.getCause();
        }
        return root;
    }

    private Link(ServerSpec spec, Wire wire, ToolLimits limits) {
        this.wire = wire;
        this.limits = limits;
        this.timeout = spec.timeout();
        this.client = DefaultMcpClient.builder()
                .key(spec.name())
                .clientName("countersign")
                .transport(wire)
                .initializationTimeout(limits.start())
                .toolExecutionTimeout(timeout)
                .pingTimeout(limits.ping())
                .autoHealthCheck(false)
                .toolExecutionTimeoutErrorMessage(timeoutMark)
                .toolResultExtractor(ResultText::of)
                .metaSupplier(Link::meta)
                .progressHandler(note -> LOG.debug("server {} is at {}", spec.name(), note.progress()))
                .logHandler(
                        note -> LOG.debug("server {} says: {}", spec.name(), Words.brief(String.valueOf(note.data()))))
                .build();
    }

    private static String newMark() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return "no answer " + HexFormat.of().formatHex(bytes);
    }

    /** Whether a call may be sent. A server that is busy with somebody's call is not asked: it may answer pings late. */
    boolean healthy() {
        if (!wire.alive()) {
            return false;
        }
        if (inFlight.get() > 0 || System.nanoTime() - answeredAt < FRESH_NANOS) {
            return true;
        }
        try {
            client.checkHealth();
            answeredAt = System.nanoTime();
            return true;
        } catch (RuntimeException e) {
            LOG.info("server {} gave no sign of life", wire.server());
            return false;
        }
    }

    boolean alive() {
        return wire.alive();
    }

    /** The tools the server offers now; asked for again only when the server said that they changed. */
    List<ToolInfo> tools() throws UnreachableException {
        List<ToolSpecification> now;
        try {
            now = client.listTools();
        } catch (RuntimeException e) {
            String death = wire.death();
            throw new UnreachableException(
                    death == null ? "server " + wire.server() + " did not list its tools: " + rootWords(e) : death, e);
        }
        if (now != listed) {
            List<ToolInfo> infos = new ArrayList<>();
            now.forEach(tool -> infos.add(info(tool)));
            tools = List.copyOf(infos);
            listed = now;
            answeredAt = System.nanoTime();
        }
        return tools;
    }

    private static String rootWords(Throwable failure) {
        Throwable root = root(failure);
        String words = String.valueOf(root.getMessage());
        return root instanceof UnreachableException ? words : Words.brief(words);
    }

    private ToolInfo info(ToolSpecification tool) {
        return new ToolInfo(
                wire.server(),
                tool,
                says(tool, McpToolMetadataKeys.READ_ONLY_HINT),
                says(tool, McpToolMetadataKeys.IDEMPOTENT_HINT),
                wire.listing().schema(tool.name()));
    }

    private static boolean says(ToolSpecification tool, String hint) {
        return Boolean.TRUE.equals(tool.metadata().get(hint));
    }

    /** Calls once; every way it can end is an outcome. */
    ToolOutcome call(ToolInvocation invocation) {
        SendTicket ticket = new SendTicket();
        InvocationContext context = InvocationContext.builder()
                .invocationParameters(new InvocationParameters(Map.of(Wire.TICKET, ticket, INVOCATION, invocation)))
                .build();
        ToolExecutionRequest request = ToolExecutionRequest.builder()
                .name(invocation.tool())
                .arguments(invocation.arguments())
                .build();
        inFlight.incrementAndGet();
        try {
            ToolExecutionResult result = client.executeTool(request, context);
            String text = result.resultText();
            return text.equals(timeoutMark) ? noAnswer(ticket) : succeeded(text);
        } catch (ToolExecutionException | ToolArgumentsException e) {
            // The library throws the same type for a tool's error and for a broken connection.
            return ticket.isAnswered() ? refused(e) : unfinished(ticket, e);
        } catch (RuntimeException e) {
            return unfinished(ticket, e);
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private ToolOutcome succeeded(String text) {
        answeredAt = System.nanoTime();
        return new ToolOutcome.Succeeded(Words.cut(text, limits.outputChars()));
    }

    /** The server answered: an error result of the tool in its own words, or a JSON-RPC error. */
    private ToolOutcome refused(RuntimeException answer) {
        answeredAt = System.nanoTime();
        String text = Words.cut(String.valueOf(answer.getMessage()), limits.outputChars());
        return new ToolOutcome.Failed(ResultText.isErrorObject(text) ? text : Words.error("tool_failed", text));
    }

    private ToolOutcome noAnswer(SendTicket ticket) {
        return ended(ticket, "server " + wire.server() + " gave no answer within " + timeout.toSeconds() + " s");
    }

    private ToolOutcome unfinished(SendTicket ticket, RuntimeException failure) {
        String death = wire.death();
        return ended(ticket, death == null ? "server " + wire.server() + ": " + rootWords(failure) : death);
    }

    private static ToolOutcome ended(SendTicket ticket, String why) {
        return ticket.withdraw()
                ? new ToolOutcome.NotSent(
                        Words.error("not_sent", "Nothing was sent, so nothing happened: " + why + "."))
                : new ToolOutcome.Unknown(Words.error(
                        "outcome_unknown", "The call was sent, and whether it took effect is not known: " + why + "."));
    }

    /** Adds who and which call to what the library put into {@code _meta}; it would be replaced otherwise. */
    private static Map<String, Object> meta(@Nullable McpCallContext context) {
        if (context == null
                || context.invocationContext() == null
                || !(context.message() instanceof McpCallToolRequest request)) {
            return Map.of();
        }
        ToolInvocation invocation =
                context.invocationContext().invocationParameters().get(INVOCATION);
        Map<String, Object> given = request.getParams().getMeta();
        Map<String, Object> meta = given == null ? new HashMap<>() : new HashMap<>(given);
        meta.put(McpMeta.USER, invocation.user().user());
        meta.put(McpMeta.IDEMPOTENCY_KEY, invocation.idempotencyKey());
        if (invocation.reference() != null) {
            meta.put(McpMeta.REFERENCE, invocation.reference());
        }
        return meta;
    }

    @Override
    public void close() {
        client.close();
    }

    /** A tool's content as text. */
    private static final class ResultText {
        static ToolExecutionResult of(JsonNode content, boolean isError) {
            StringBuilder text = new StringBuilder();
            for (JsonNode part : content) {
                text.append(text.isEmpty() ? "" : "\n").append(one(part));
            }
            return ToolExecutionResult.builder()
                    .isError(isError)
                    .resultText(text.toString())
                    .build();
        }

        /** Text as it is; other kinds by name, since failing on them would make an effect look unknown. */
        private static String one(JsonNode part) {
            String kind = part.path("type").asText("");
            return switch (kind) {
                case "text" -> part.path("text").asText("");
                case "resource" -> part.path("resource").path("text").asText("[resource]");
                case "resource_link" -> part.path("uri").asText("[link]");
                default -> "[" + Words.brief(kind) + "]";
            };
        }

        static boolean isErrorObject(String text) {
            if (!text.startsWith("{")) {
                return false;
            }
            try {
                return Json.read(text).path("error").isTextual();
            } catch (CountersignException e) {
                return false;
            }
        }
    }
}
