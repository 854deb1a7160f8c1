package dev.countersign.lab.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.app.LoadHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The load in short; {@code countersign bench load} is 500 clients for five minutes. */
final class LoadTest {
    @Test
    void promise1_manyClientsAtASteadyRate_everyMessageIsAnsweredOnce() throws Exception {
        List<String> heard = new ArrayList<>();
        LoadReport report = LoadHost.run(new LoadHost.Options(30, 20, Duration.ofSeconds(6)), heard::add);
        heard.addAll(report.lines());
        heard.addAll(report.complaints());
        assertThat(report.clean()).as(String.join("\n", heard)).isTrue();
        assertThat(report.said()).isEqualTo(120);
    }
}
