package dev.countersign.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.replay.Fixture;
import dev.countersign.replay.Recording;
import dev.countersign.replay.StrictReplay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversations that were really held, with the real programs, replay from their records to the same: in a process that can open
 * no socket, twice. With {@code -Dfixtures=FOLDER} the first of each script is also left there, half of them redacted.
 */
@Tag("store")
final class RecordedConversationsTest {
    private static final int LONG = 100;
    private static final int VOLUMES_OF_LONG = 36;
    private static final int ROUNDS = 2;
    /** The last of them is what it costs once the program has got going. */
    private static final int ROUNDS_OF_LONG = 30;

    @TempDir
    Path folder;

    @Test
    void promise12_aFewConversationsReplayEqual_withoutASocket() throws Exception {
        List<Recorded.Taken> taken;
        try (Recorded family = Recorded.family(folder.resolve("family"))) {
            taken = take(
                    family,
                    List.of(
                            "family: an order",
                            "family: access approved",
                            "family: dish denied",
                            "family: restarted while parked, then approved"),
                    4);
        }
        replayed(taken, ROUNDS);
    }

    @Test
    @Tag("long")
    void promise12_aHundredConversationsReplayEqual_withoutASocket() throws Exception {
        List<Recorded.Taken> taken = new ArrayList<>();
        try (Recorded family = Recorded.family(folder.resolve("family"))) {
            taken.addAll(take(family, family.scripts(), LONG - VOLUMES_OF_LONG));
        }
        try (Recorded volumes = Recorded.volumes(folder.resolve("volumes"))) {
            taken.addAll(take(volumes, volumes.scripts(), VOLUMES_OF_LONG));
        }
        assertThat(taken).hasSize(LONG);
        assertThat(taken.stream().map(Recorded.Taken::script).distinct().count())
                .isGreaterThanOrEqualTo(12);
        keep(taken);
        replayed(taken, ROUNDS_OF_LONG);
    }

    private static List<Recorded.Taken> take(Recorded party, List<String> scripts, int count) throws IOException {
        List<Recorded.Taken> taken = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            taken.add(party.take(scripts.get(number % scripts.size()), number));
        }
        return taken;
    }

    private void replayed(List<Recorded.Taken> taken, int rounds) throws IOException, InterruptedException {
        Path recordings = Files.createDirectories(folder.resolve("recordings"));
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < taken.size(); i++) {
            Recorded.Taken one = taken.get(i);
            counts.merge(one.script(), 1, Integer::sum);
            Files.writeString(recordings.resolve(i + ".json"), Fixture.write(one.recording(), false));
        }
        counts.forEach((script, count) -> say(count + " x " + script));
        Process process = new ProcessBuilder(WithoutSockets.command(recordings, rounds))
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            say(said);
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            assertThat(said.lines().filter(line -> line.startsWith("round "))).hasSize(rounds);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void keep(List<Recorded.Taken> taken) throws IOException {
        String place = System.getProperty("fixtures", "");
        if (place.isEmpty()) {
            return;
        }
        Path folder = Files.createDirectories(Path.of(place));
        Map<String, Recording> first = new TreeMap<>();
        taken.forEach(one -> first.putIfAbsent(one.script(), one.recording()));
        int number = 0;
        try (StrictReplay replay = new StrictReplay()) {
            for (Map.Entry<String, Recording> one : first.entrySet()) {
                boolean redact = number++ % 2 == 1;
                Recording recording = redact ? replay.redacted(one.getValue()) : one.getValue();
                String name = one.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-") + ".json";
                Files.writeString(folder.resolve(name), Fixture.write(recording, redact) + "\n");
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
