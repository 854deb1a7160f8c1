package dev.countersign.checkpoint;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.bsc.langgraph4j.checkpoint.Checkpoint;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A step's checkpoint with one new message of 500 characters, in a thread of a hundred and more, on an H2 file. */
@State(Scope.Thread)
public class SaverBench {
    private static final int BEFORE = 100;
    private static final Duration LEASE = Duration.ofHours(1);

    /** What an acknowledged write survives. */
    @Param({"FSYNC", "PROCESS"})
    public StoreConfig.Durability durability = StoreConfig.Durability.FSYNC;

    private final Message said = Message.user("x".repeat(500), Clock.systemUTC().instant());
    private final List<Path> folders = new ArrayList<>();
    private final List<Bed> beds = new ArrayList<>();

    /** A thread in a store that is open. */
    private static final class Bed {
        private final Database database;
        private final StoreSaver saver;
        private final Turn turn;
        private Transcript transcript;

        Bed(Database database, Message said) {
            this.database = database;
            Clock clock = Clock.systemUTC();
            LogKeys keys = new LogKeys(database);
            String id = UUID.randomUUID().toString();
            ThreadStore threads = new ThreadStore(database, keys, clock);
            var unused = threads.create(new ThreadStore.NewThread(
                    id, UUID.randomUUID().toString(), "henry", "bench", ThreadKind.CHAT, "bench"));
            Lease lease = new Leases(database, clock, "bench", LEASE).take(id).orElseThrow();
            ThreadRow row = threads.get(id);
            this.saver = new StoreSaver(new CheckpointStore(database, keys, clock), Set.of("await"));
            this.turn = new Turn(lease, row, "bench");
            this.transcript = Transcript.empty().plus(Collections.nCopies(BEFORE, said));
        }

        Object put() {
            return saver.put(
                    turn.config(),
                    Checkpoint.builder()
                            .id(UUID.randomUUID().toString())
                            .nodeId("model")
                            .nextNodeId("gate")
                            .state(Map.of(CheckpointStore.MESSAGES, transcript, "steps", 3L))
                            .build());
        }
    }

    /** A fresh store. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        Path folder = Files.createTempDirectory("countersign-jmh");
        folders.add(folder);
        beds.add(new Bed(
                Database.open(new StoreConfig(
                        "jdbc:h2:file:" + folder.resolve("bench"),
                        "sa",
                        new Secret(""),
                        folder,
                        new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret("")),
                        durability)),
                said));
        var unused = bed().put();
    }

    private Bed bed() {
        return beds.get(beds.size() - 1);
    }

    /** Closes and removes it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        bed().database.close();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        folders.clear();
    }

    /** Writes a step and, as before it is acknowledged, waits for the disk where the mode does. */
    @Benchmark
    public Object put() {
        Bed bed = bed();
        bed.transcript = bed.transcript.plus(List.of(said));
        Object put = bed.put();
        bed.database.barrier();
        return put;
    }

    /** Reads the newest step, with a window of its messages. */
    @Benchmark
    public Object get() {
        Bed bed = bed();
        Transcript found = (Transcript) bed.saver
                .get(bed.turn.config())
                .orElseThrow()
                .getState()
                .getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
        return found.slice(found.size() - BEFORE, found.size());
    }
}
