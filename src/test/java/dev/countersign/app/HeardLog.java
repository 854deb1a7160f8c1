package dev.countersign.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** All that is logged while it is open, in both forms, at every level that there is. */
public final class HeardLog implements AutoCloseable {
    private static final List<String> LOUD = List.of("dev.countersign", "countersign", "h2database", "com.zaxxer");

    private final Map<String, ByteArrayOutputStream> forms = new LinkedHashMap<>();
    private final List<OutputStreamAppender<ILoggingEvent>> appenders = new ArrayList<>();
    private final Map<Logger, Level> levels = new LinkedHashMap<>();
    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");

    /** Listens from now on. */
    public HeardLog() {
        PatternLayoutEncoder plain = new PatternLayoutEncoder();
        plain.setPattern("%level %logger %mdc %kvp %msg %ex%n");
        hear("plain", plain);
        hear("json", new JsonLines());
        for (String name : LOUD) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            levels.put(logger, logger.getLevel());
            logger.setLevel(Level.TRACE);
        }
    }

    private void hear(String form, Encoder<ILoggingEvent> encoder) {
        LoggerContext context = root.getLoggerContext();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        root.addAppender(appender);
        appenders.add(appender);
        forms.put(form, out);
    }

    /** What was heard so far, by the name of its form. */
    public Map<String, String> lines() {
        Map<String, String> lines = new LinkedHashMap<>();
        forms.forEach((form, out) -> lines.put(form, out.toString(StandardCharsets.UTF_8)));
        return lines;
    }

    @Override
    public void close() {
        appenders.forEach(root::detachAppender);
        levels.forEach(Logger::setLevel);
    }
}
