package dev.countersign.mcpserver;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.permit.PermitException;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one raw call to one result, and is the only place that writes error results. Nothing escapes it as an exception. */
final class ToolRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ToolRunner.class);
    private static final int META_CHARS_MAX = 200;

    private final ToolDefinition tool;
    private final Identity identity;

    ToolRunner(ToolDefinition tool, Identity identity) {
        this.tool = tool;
        this.identity = identity;
    }

    CallToolResult run(CallToolRequest request) {
        try {
            ToolCall call = checked(request);
            Map<String, Object> result = tool.handler().handle(call);
            LOG.info("tool {} for {} succeeded", tool.name(), call.user());
            return CallToolResult.builder()
                    .structuredContent(result)
                    .addTextContent(Json.write(result))
                    .isError(false)
                    .build();
        } catch (ToolRefusal refusal) {
            return refused(refusal);
        } catch (PermitException failure) {
            return refused(PermitFailures.refusal(failure));
        } catch (CountersignException failure) {
            LOG.warn("tool {} failed", tool.name(), failure);
            return refused(new ToolRefusal("failed", failure.code().id() + ": " + failure.detail()));
        } catch (RuntimeException failure) {
            // The exception may hold anything; it goes to the log, not to the caller.
            LOG.error("tool {} failed in a way nobody foresaw", tool.name(), failure);
            return refused(
                    new ToolRefusal(
                            "internal_error",
                            "The server failed at this call; whether it had an effect is not known. Read before you repeat it."));
        }
    }

    private ToolCall checked(CallToolRequest request) {
        Optional<String> userId = identity.guideUserId()
                ? Optional.ofNullable(request.arguments())
                        .map(all -> all.get(Identity.USER_ID.name()))
                        .map(value -> value instanceof String text ? text : "")
                : Optional.empty();
        String user = identity.resolve(request.meta(), userId).user();
        Arguments arguments = Arguments.checked(tool.fields(identity), request.arguments());
        return new ToolCall(
                user,
                arguments,
                meta(request.meta(), McpMeta.IDEMPOTENCY_KEY),
                meta(request.meta(), McpMeta.REFERENCE));
    }

    private static @Nullable String meta(@Nullable Map<String, Object> meta, String name) {
        Object value = meta == null ? null : meta.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text && !text.isBlank() && text.length() <= META_CHARS_MAX) {
            return text;
        }
        throw new ToolRefusal(
                "invalid_arguments",
                "_meta " + name + ": expected a text of 1 to " + META_CHARS_MAX + " characters, got something else.");
    }

    private CallToolResult refused(ToolRefusal refusal) {
        LOG.info("tool {} refused: {}", tool.name(), refusal.error());
        return CallToolResult.builder()
                .addTextContent(Json.write(refusal.json()))
                .isError(true)
                .build();
    }
}
