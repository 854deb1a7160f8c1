package dev.countersign.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.core.LogContext;
import dev.countersign.permit.PermitException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a log line holds, and what it never does. */
final class JsonLinesTest {
    private static final String SECRET = "s3cret-in-somebody-elses-words";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final OutputStreamAppender<ch.qos.logback.classic.spi.ILoggingEvent> appender =
            new OutputStreamAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");

    @BeforeEach
    void listen() {
        LoggerContext context = root.getLoggerContext();
        JsonLines encoder = new JsonLines();
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void leave() {
        root.detachAppender(appender);
        appender.stop();
    }

    /** Other tests of this JVM may log meanwhile. */
    private List<JsonNode> lines(String logger) {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(Json::read)
                .filter(line -> line.path("logger").asText().equals(logger))
                .toList();
    }

    private static org.slf4j.Logger logger(String name) {
        ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.INFO);
        return LoggerFactory.getLogger(name);
    }

    @Test
    void aLineSaysWhoseWorkItWas_andItsFacts() {
        org.slf4j.Logger log = logger("countersign.one");
        LogContext.thread(
                "thread-1",
                "henry",
                () -> LogContext.turn(4, () -> {
                    log.atInfo()
                            .addKeyValue("took_ms", 12)
                            .addKeyValue("tool", "list_dishes")
                            .log("tool {}\nended", "call");
                    return "done";
                }));
        log.info("nobody's");

        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("}\n");
        JsonNode line = lines("countersign.one").get(0);
        assertThat(line.path("thread").asText()).isEqualTo("thread-1");
        assertThat(line.path("turn").asText()).isEqualTo("4");
        assertThat(line.path("principal").asText()).isEqualTo("henry");
        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.path("message").asText()).isEqualTo("tool call\nended");
        assertThat(line.at("/facts/took_ms").isIntegralNumber()).isTrue();
        assertThat(line.at("/facts/tool").asText()).isEqualTo("list_dishes");
        assertThat(lines("countersign.one").get(1).has("thread")).isFalse();
        assertThat(lines("countersign.one").get(1).has("principal")).isFalse();
    }

    @Test
    void ofExceptionsStandClassPlaceAndCode_neverTheirWords() {
        Exception broken = new IllegalStateException("a row with " + SECRET, new RuntimeException(SECRET));
        CountersignException told = new PermitException(
                new ErrorCode("CS-305", ErrorCode.Kind.INVALID), "Permit answered: " + SECRET, 422, false, broken);
        logger("countersign.two").atWarn().setCause(told).log("could not: {}", told.forLog());

        JsonNode line = lines("countersign.two").get(0);
        assertThat(line.path("message").asText()).isEqualTo("could not: CS-305, HTTP 422");
        assertThat(line.at("/error/code").asText()).isEqualTo("CS-305, HTTP 422");
        assertThat(line.at("/error/frames/0").asText()).contains("JsonLinesTest");
        assertThat(line.at("/error/cause/type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(line.at("/error/cause/cause/type").asText()).isEqualTo("java.lang.RuntimeException");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET);
    }

    @Test
    void ofAForeignLibrarysLineStandsThePattern() {
        logger("org.example.driver").warn("could not read {} of {}", SECRET, 7, new RuntimeException(SECRET));

        JsonNode line = lines("org.example.driver").get(0);
        assertThat(line.path("message").asText()).isEqualTo("could not read {} of {}");
        assertThat(line.at("/error/type").asText()).isEqualTo("java.lang.RuntimeException");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET);
    }
}
