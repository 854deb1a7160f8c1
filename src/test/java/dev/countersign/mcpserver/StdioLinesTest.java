package dev.countersign.mcpserver;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StdioLinesTest {
    @Test
    void aServerThatFailsWhileItStopsEndsAllTheSame() {
        RunningMcp running = StdioLines.over(InputStream.nullInputStream(), OutputStream.nullOutputStream())
                .run(() -> {
                    throw new NoClassDefFoundError("a class of a jar that was replaced");
                });
        assertThatCode(() -> assertTimeoutPreemptively(Duration.ofSeconds(20), running::join))
                .doesNotThrowAnyException();
    }
}
