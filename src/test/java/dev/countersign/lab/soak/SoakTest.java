package dev.countersign.lab.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.app.SoakHost;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The soak itself, in short; {@code countersign soak --kills 200 --threads 50} is the same for an hour of patience. */
final class SoakTest {
    private static void soak(int kills, int threads) throws Exception {
        List<String> heard = new ArrayList<>();
        SoakReport report;
        SoakHost host = SoakHost.create();
        try {
            report = host.run(new SoakHost.Options(kills, threads, 20261123L), heard::add);
        } finally {
            host.close();
        }
        heard.addAll(report.table());
        assertThat(report.complaints())
                .as("%s%nin %s", String.join("\n", heard), host.folder())
                .isEmpty();
        assertThat(report.clean()).isTrue();
        assertThat(report.acknowledged()).isPositive();
        assertThat(report.lastLine()).startsWith("kills " + kills + ", acknowledged ");
        host.forget();
    }

    @Test
    void promise1to6_killedThreeTimesUnderMixedWork_nothingIsLostAndNothingComesTwice() throws Exception {
        soak(3, 6);
    }

    @Test
    @Tag("long")
    void promise1to6_killedTwentyFiveTimesUnderMixedWork_nothingIsLostAndNothingComesTwice() throws Exception {
        soak(25, 12);
    }
}
