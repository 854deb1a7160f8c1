package dev.countersign.lab.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.IdSource;
import dev.countersign.core.TimeOrderedIds;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.lab.QuietPermit;
import dev.countersign.permit.Permit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a parked thread and a turn take of a compacted H2 file, in bytes, so that what is stored twice shows on any machine. Ids and
 * ciphertexts are partly random, and the file is made of whole blocks: hence a little room on top. A change that needs less puts the new number
 * here; one that needs more says in its message why.
 */
final class StoreSizeTest {
    private static final int THREADS = 200;
    private static final int TURNS = 200;

    @TempDir
    Path folder;

    private Ground ground() {
        Ground.Store store = new Ground.Store() {
            @Override
            public Database open() {
                return Database.open(Stores.h2(folder));
            }

            @Override
            public long bytes() {
                try (Stream<Path> files = Files.list(folder)) {
                    return files.filter(file -> file.toString().endsWith(".mv.db"))
                            .mapToLong(file -> file.toFile().length())
                            .sum();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        Clock clock = Clock.systemUTC();
        IdSource ids = new TimeOrderedIds(clock);
        Permit permit = new QuietPermit(clock, () -> UUID.randomUUID().toString());
        return new Ground(store, () -> permit, clock, ids, "h2,fsync");
    }

    @Test
    void promise10_aParkedThread_takesLittleMoreThanItsTexts() throws InterruptedException {
        ObjectNode line = new Parks(ground(), QuietPermit.REVIEWER, 1, Parks.WARM_UP).run(THREADS);

        assertThat(line.path("text_per_parked").asInt()).isEqualTo(1_388);
        assertThat(line.path("disk_per_parked").asInt()).isBetween(1_388, 3_450);
    }

    @Test
    void promise9_aTurn_takesAsMuchHoweverLongItsThreadIs() throws InterruptedException {
        ObjectNode line = new Turns(ground(), false, Turns.WARM_UP).one("W1", TURNS);

        long half = line.path("disk_100").asLong();
        long all = line.path("disk_200").asLong();
        assertThat(half / 100).isBetween(1_980L, 2_900L);
        assertThat((all - half) / 100).isBetween(1_980L, 2_900L);
    }
}
