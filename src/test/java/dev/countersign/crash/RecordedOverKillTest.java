package dev.countersign.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.History;
import dev.countersign.replay.Recording;
import dev.countersign.replay.StrictReplay;
import dev.countersign.replay.Verdict;
import dev.countersign.tool.EffectState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A conversation whose process was killed with SIGKILL in the middle of a turn replays from its record like any other. */
@Tag("long")
final class RecordedOverKillTest {
    private static final int KILLED = 128 + 9;
    private static final long CHILD_SECONDS = 240;
    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            names = {
                "IN_MODEL_CALL",
                "AFTER_EFFECT",
                "AFTER_FILING_AT_PERMIT",
                "AFTER_SPEND_COMMIT",
                "BEFORE_SETTLE_PUT"
            })
    void promise12_aConversationWhoseProcessWasKilledInMidTurn_replaysEqual(Boundary at) throws Exception {
        try (EmulatorServer permit = EmulatorServer.start(EmulatorConfig.inMemory(Errand.KEY, Clock.systemUTC()))) {
            StoreConfig store = Stores.h2(folder);
            Errand errand =
                    new Errand(folder, store.url(), store.user(), store.durability(), permit.url(), Optional.of(at), 1);
            int exit = exitOfChild(errand);
            assertThat(exit)
                    .as("how the process ended, which said " + Files.readString(folder.resolve("output")))
                    .isEqualTo(KILLED);
            assertThat(turnsUnderWay(errand.store()))
                    .as("turns that were broken off")
                    .isEqualTo(1);

            Recording recording = toTheEnd(errand.toTheEnd());

            Recording read = Fixture.parse(Fixture.write(recording, false), "the test's own")
                    .recording();
            try (StrictReplay replay = new StrictReplay()) {
                Verdict verdict = replay.run(read);
                assertThat(verdict.divergence()).isEmpty();
                assertThat(verdict.digest()).isEqualTo(recording.digest()).isNotEmpty();
                assertThat(verdict.turns()).isGreaterThanOrEqualTo(Story.SAID.size());
                System.out.println("killed " + at + ": " + verdict.turns() + " turns, " + verdict.messages()
                        + " messages replay equal");
                assertThatCode(() -> replay.redacted(read)).doesNotThrowAnyException();
            }
        }
    }

    private int exitOfChild(Errand errand) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx160m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledChild.class.getName(),
                        errand.line()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            return child.waitFor(CHILD_SECONDS, TimeUnit.SECONDS) ? child.exitValue() : -1;
        } finally {
            child.destroyForcibly();
        }
    }

    private static long turnsUnderWay(StoreConfig config) {
        try (Database store = Database.open(config)) {
            return store.jdbi()
                    .<Long, RuntimeException>withHandle(handle -> handle.createQuery(
                                    "SELECT count(*) FROM thread WHERE due = TRUE AND lease_owner <> ''")
                            .mapTo(Long.class)
                            .one());
        }
    }

    private static Recording toTheEnd(Errand errand) {
        Permit permit = Permits.connect(errand.permitConfig());
        OutsideTools tools = new OutsideTools(permit, errand.effects(), at -> {});
        Node.Surroundings around = new Node.Surroundings(permit, tools, Clock.systemUTC(), LEASE);
        try (Node node = new Node(Node.store(errand.store(), Tap.Ear.NONE), around)) {
            String chat = new Story(node, permit, errand.acknowledged(), at -> {}).tell();
            boolean unknown = node.ports.effects().unknownOf(Node.HENRY.user(), 10).stream()
                    .anyMatch(effect -> effect.threadId().equals(chat));
            System.out.println("an effect is " + EffectState.UNKNOWN + ": " + unknown);
            return History.over(node.ports).recording(Node.HENRY, chat);
        }
    }
}
