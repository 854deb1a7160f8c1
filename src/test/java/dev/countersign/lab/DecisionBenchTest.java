package dev.countersign.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.app.BenchHost;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is asked for by itself for an hour here, so whatever takes effect does so by its webhook, over HTTP. */
@Tag("store")
final class DecisionBenchTest {
    @Test
    void promise10_aDecisionTakesEffectByItsWebhookAlone(@TempDir Path folder) throws Exception {
        Config config = Config.of(new Places(folder, folder), Map.of("COUNTERSIGN_DURABILITY", "process"));
        DecisionBench.Times times = BenchHost.decisions(config, 2);
        assertThat(times.lost()).isZero();
        assertThat(times.millis()).hasSize(2);
    }
}
