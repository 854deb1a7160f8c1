package dev.countersign.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.LogContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line, for programs:
 *
 * <pre>{"at":"2026-11-23T10:00:00.123Z","level":"INFO","logger":"countersign.tools","on":"turn-3","thread":"6f1c…","turn":"4",
 * "principal":"henry","message":"tool call","facts":{"tool":"list_dishes","outcome":"succeeded","took_ms":12}}</pre>
 *
 * <p>No text of a person or a model, and no secret, gets in. Our own lines are written that way. Of an exception stand here
 * where it was thrown and its class, and of one of ours the code: what others write into a message may be anything, a row that
 * a database did not take or what a model answered. Of a foreign library's line stands its pattern without what it filled in.
 *
 * <p>logback-classic has a JSON encoder of its own, which can leave exceptions out or write them whole.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};
    private static final int MESSAGE_CHARS_MAX = 4_000;
    private static final int FRAMES_MAX = 60;
    private static final int CAUSES_MAX = 8;
    private static final List<String> IDS = List.of(LogContext.THREAD, LogContext.TURN, LogContext.PRINCIPAL);

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ObjectNode line = Json.object()
                .put("at", Instant.ofEpochMilli(event.getTimeStamp()).toString())
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("on", event.getThreadName());
        Map<String, String> whose = event.getMDCPropertyMap();
        for (String id : IDS) {
            if (whose.containsKey(id)) {
                line.put(id, whose.get(id));
            }
        }
        line.put("message", message(event));
        facts(event, line);
        if (event.getThrowableProxy() != null) {
            line.set("error", error(event.getThrowableProxy(), 0));
        }
        return (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String message(ILoggingEvent event) {
        String name = event.getLoggerName();
        boolean ours =
                name.equals("countersign") || name.startsWith("countersign.") || name.startsWith("dev.countersign.");
        String message = String.valueOf(ours ? event.getFormattedMessage() : event.getMessage());
        return message.length() <= MESSAGE_CHARS_MAX ? message : message.substring(0, MESSAGE_CHARS_MAX);
    }

    private static void facts(ILoggingEvent event, ObjectNode line) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs == null || pairs.isEmpty()) {
            return;
        }
        ObjectNode facts = line.putObject("facts");
        for (KeyValuePair pair : pairs) {
            if (pair.value instanceof Integer || pair.value instanceof Long) {
                facts.put(pair.key, ((Number) pair.value).longValue());
            } else {
                facts.put(pair.key, String.valueOf(pair.value));
            }
        }
    }

    private static ObjectNode error(IThrowableProxy thrown, int depth) {
        ObjectNode error = Json.object().put("type", thrown.getClassName());
        if (thrown instanceof ThrowableProxy proxy && proxy.getThrowable() instanceof CountersignException ours) {
            error.put("code", ours.forLog());
        }
        ArrayNode frames = error.putArray("frames");
        StackTraceElementProxy[] trace = thrown.getStackTraceElementProxyArray();
        for (int i = 0; trace != null && i < Math.min(trace.length, FRAMES_MAX); i++) {
            frames.add(trace[i].getStackTraceElement().toString());
        }
        @Nullable IThrowableProxy cause = thrown.getCause();
        if (cause != null && depth < CAUSES_MAX) {
            error.set("cause", error(cause, depth + 1));
        }
        return error;
    }
}
