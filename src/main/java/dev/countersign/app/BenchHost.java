package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.Ports;
import dev.countersign.lab.TurnBench;
import dev.countersign.permit.Permits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Gives a benchmark a store of its own in a temporary folder, and an emulator in memory; both are gone afterwards. */
public final class BenchHost {
    private static final String KEY = "permit_key_bench";

    private BenchHost() {}

    /** Times turns in one growing thread, durable as the settings say. */
    public static TurnBench.Times turns(Config config, int turns) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("countersign-bench");
        try (Closers closers = new Closers()) {
            EmulatorServer emulator =
                    closers.add(EmulatorServer.start(EmulatorConfig.inMemory(KEY, SystemSources.clock())));
            URI url = URI.create(emulator.url());
            StoreConfig given = config.store();
            Database database = closers.add(Database.open(new StoreConfig(
                    "jdbc:h2:file:" + folder.resolve("bench"),
                    "sa",
                    new Secret(""),
                    folder,
                    new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret("")),
                    given.durability())));
            Ports ports = Ports.over(
                    database,
                    Permits.connect(config.permit().at(url, url, new Secret(KEY))),
                    SystemSources.clock(),
                    SystemSources.ids(),
                    config.server().lease(),
                    Duration.ofSeconds(5));
            return new TurnBench(ports).run(turns);
        } finally {
            Folders.delete(folder);
        }
    }
}
