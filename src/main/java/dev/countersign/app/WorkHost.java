package dev.countersign.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.Config;
import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.lab.QuietPermit;
import dev.countersign.lab.work.Calls;
import dev.countersign.lab.work.Child;
import dev.countersign.lab.work.Ground;
import dev.countersign.lab.work.Kills;
import dev.countersign.lab.work.Parks;
import dev.countersign.lab.work.Stock;
import dev.countersign.lab.work.Turns;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Gives the rivals' workload a store of its own, and a Permit; both are gone afterwards. */
public final class WorkHost {
    private static final ErrorCode NOT_HERE = new ErrorCode("CS-681", ErrorCode.Kind.INVALID);
    private static final String KEY = "permit_key_bench";
    private static final String POSTGRES = "jdbc:postgresql:";
    /** Who decides at the emulator. */
    public static final String REVIEWER = "joe";
    /** Of turns, which get slower with each. */
    private static final Duration STOCK_BUDGET = Duration.ofMinutes(5);

    private WorkHost() {}

    /** What an acknowledged write survives, and where it is. */
    public enum Mode {
        /** H2, power cuts. */
        FSYNC,
        /** H2, kills of the process. */
        PROCESS,
        /** The PostgreSQL that the settings name. */
        POSTGRES,
        /** None: LangGraph4j as it comes, without this runtime. */
        STOCK;

        String word() {
            return switch (this) {
                case FSYNC -> "h2,fsync";
                case PROCESS -> "h2,process";
                case POSTGRES -> "postgres,fsync";
                case STOCK -> throw nothingKept();
            };
        }
    }

    /** What is measured. */
    @FunctionalInterface
    interface Work {
        ObjectNode run(Path folder, Ground ground) throws IOException, InterruptedException;
    }

    /**
     * How turns are made.
     *
     * @param effects whether the tool counts as one that changes something
     * @param warmUp how many the process makes before those that are measured
     */
    public record Manner(boolean effects, int warmUp) {}

    /** W1, or W1L with more turns. */
    public static ObjectNode turns(Config config, Mode mode, String workload, int turns, Manner manner)
            throws IOException, InterruptedException {
        if (mode == Mode.STOCK) {
            return new Stock().one(turns, STOCK_BUDGET);
        }
        return in(
                config,
                mode,
                quiet(),
                (folder, ground) -> new Turns(ground, manner.effects, manner.warmUp).one(workload, turns));
    }

    /** W4. */
    public static ObjectNode threads(Config config, Mode mode, Manner manner) throws IOException, InterruptedException {
        if (mode == Mode.STOCK) {
            return new Stock().many();
        }
        return in(config, mode, quiet(), (folder, ground) -> new Turns(ground, manner.effects, manner.warmUp).many());
    }

    /** W2. */
    public static ObjectNode parks(Config config, Mode mode, int runs, int clients, int warmUp)
            throws IOException, InterruptedException {
        return in(
                config,
                mode,
                quiet(),
                (folder, ground) -> new Parks(ground, QuietPermit.REVIEWER, clients, warmUp).run(runs));
    }

    /** W5. */
    public static ObjectNode calls(List<String> server, int calls) throws InterruptedException {
        return Calls.run(server, calls);
    }

    /** W3. */
    public static ObjectNode coldResume(Config config, Mode mode, int tries, int warmUp)
            throws IOException, InterruptedException {
        try (Closers closers = new Closers()) {
            EmulatorServer emulator =
                    closers.add(EmulatorServer.start(EmulatorConfig.inMemory(KEY, SystemSources.clock())));
            return in(
                    config,
                    mode,
                    at(config, emulator.url()),
                    (folder, ground) -> new Kills(ground, words -> child(mode, folder, emulator.url(), words), REVIEWER)
                            .coldResume(tries, warmUp));
        }
    }

    /** W6. */
    public static ObjectNode midStep(Config config, Mode mode, int tries) throws IOException, InterruptedException {
        return in(
                config,
                mode,
                quiet(),
                (folder, ground) ->
                        new Kills(ground, words -> child(mode, folder, "", words), REVIEWER).midStep(tries));
    }

    /**
     * What a child has to do.
     *
     * @param folder of its store
     * @param permit the emulator's url; empty for a Permit of its own
     */
    public record Errand(Path folder, String permit, Mode mode, int number) {}

    /** Does what a process of W3 or W6 has to do. */
    public static Child child(Config config, Errand errand, Consumer<String> said) {
        // Before others run: a second thread that asked for a logger meanwhile would be given a makeshift one.
        LoggerFactory.getILoggerFactory();
        // As a server does: the store is opened meanwhile.
        Meanwhile<Permit> permit =
                Meanwhile.make("start-permit", unused -> errand.permit.isEmpty() ? quiet() : at(config, errand.permit));
        return new Child(ground(config, errand.mode, errand.folder, permit::get), errand.number, said);
    }

    static Process child(Mode mode, Path folder, String permit, List<String> words) throws IOException {
        List<String> command = new ArrayList<>(AgentOutfits.selfCommand());
        command.addAll(List.of("bench", "child"));
        command.addAll(words);
        command.addAll(List.of("--mode", mode.name(), "--store", folder.toString(), "--permit", permit));
        return new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static Permit quiet() {
        return new QuietPermit(SystemSources.clock(), SystemSources.permitIds());
    }

    private static Permit at(Config config, String address) {
        URI url = URI.create(address);
        return Permits.connect(config.permit().at(url, url, new Secret(KEY)));
    }

    static ObjectNode in(Config config, Mode mode, Permit permit, Work work) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("countersign-work");
        try {
            return work.run(folder, ground(config, mode, folder, () -> permit));
        } finally {
            Folders.delete(folder);
        }
    }

    private static CountersignException nothingKept() {
        return new CountersignException(
                NOT_HERE,
                "expected --mode stock with w1 or w4: LangGraph4j as it comes keeps nothing that could be resumed");
    }

    static Ground ground(Config config, Mode mode, Path folder, Supplier<Permit> permit) {
        StoreConfig given = config.store();
        if (mode == Mode.POSTGRES && !given.url().startsWith(POSTGRES)) {
            throw new CountersignException(
                    NOT_HERE,
                    "--mode postgres measures in the database that COUNTERSIGN_DB_URL names, expected " + POSTGRES
                            + "..., got " + given.place() + "; give it one that may be filled");
        }
        StoreConfig.MasterKey key = new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret(""));
        StoreConfig.Durability durability =
                mode == Mode.PROCESS ? StoreConfig.Durability.PROCESS : StoreConfig.Durability.FSYNC;
        StoreConfig store = mode == Mode.POSTGRES
                ? new StoreConfig(given.url(), given.user(), given.password(), folder, key, durability)
                : new StoreConfig(
                        "jdbc:h2:file:" + folder.resolve("work"), "sa", new Secret(""), folder, key, durability);
        return new Ground(
                mode == Mode.POSTGRES ? new Served(store) : new Filed(store, folder.resolve("work.mv.db")),
                permit,
                SystemSources.clock(),
                SystemSources.ids(),
                mode.word());
    }

    private record Filed(StoreConfig config, Path file) implements Ground.Store {
        @Override
        public Database open() {
            return Database.open(config);
        }

        @Override
        public long bytes() {
            return file.toFile().length();
        }
    }

    /** Its size is the database's own word for it; nothing is compacted. */
    private record Served(StoreConfig config) implements Ground.Store {
        @Override
        public Database open() {
            return Database.open(config);
        }

        @Override
        public long bytes() {
            try (Database database = open()) {
                return database.bytes();
            }
        }
    }
}
