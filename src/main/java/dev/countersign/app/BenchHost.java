package dev.countersign.app;

import dev.countersign.account.Accounts;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.account.Sessions;
import dev.countersign.account.SigningKey;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.approval.Watcher;
import dev.countersign.config.Config;
import dev.countersign.config.Secret;
import dev.countersign.config.ServerConfig;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.lab.DecisionBench;
import dev.countersign.lab.GrowthBench;
import dev.countersign.lab.TurnBench;
import dev.countersign.log.DecisionLog;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import dev.countersign.server.Hindsight;
import dev.countersign.server.HttpServer;
import dev.countersign.server.Operations;
import dev.countersign.server.ServerParts;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Gives a benchmark a store of its own in a temporary folder, and a Permit in this process; both are gone afterwards. */
public final class BenchHost {
    private static final String KEY = "permit_key_bench";
    private static final Secret WEBHOOKS = new Secret("webhooks of the bench");
    private static final Duration NEVER = Duration.ofHours(1);
    private static final int WORKERS = 12;

    private BenchHost() {}

    /** What is measured in a folder of its own. */
    @FunctionalInterface
    private interface Bench<T> {
        T run(StoreConfig store, Closers closers) throws InterruptedException;
    }

    private static <T> T in(Config config, Bench<T> bench) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("countersign-bench");
        try (Closers closers = new Closers()) {
            StoreConfig given = config.store();
            return bench.run(
                    new StoreConfig(
                            "jdbc:h2:file:" + folder.resolve("bench"),
                            "sa",
                            new Secret(""),
                            folder,
                            new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret("")),
                            given.durability()),
                    closers);
        } finally {
            Folders.delete(folder);
        }
    }

    private static EmulatorServer emulator(Closers closers) {
        return closers.add(EmulatorServer.start(EmulatorConfig.inMemory(KEY, SystemSources.clock())));
    }

    private static Permit permit(Config config, EmulatorServer emulator) {
        URI url = URI.create(emulator.url());
        return Permits.connect(config.permit().at(url, url, new Secret(KEY)));
    }

    /** Times turns in one growing thread, durable as the settings say. */
    public static TurnBench.Times turns(Config config, int turns) throws IOException, InterruptedException {
        return in(config, (store, closers) -> {
            Permit permit = permit(config, emulator(closers));
            Ports ports = Ports.over(
                    closers.add(Database.open(store)),
                    permit,
                    SystemSources.clock(),
                    SystemSources.ids(),
                    config.server().lease(),
                    Duration.ofSeconds(5));
            return new TurnBench(ports).run(turns);
        });
    }

    /**
     * How large the store became.
     *
     * @param bytes of its file when the last turn was over
     * @param liveBytes of the same file after an orderly stop, which compacts it
     */
    public record Growth(long bytes, long liveBytes) {}

    /** Runs turns at full speed for that long, durable as the settings say, and measures the store's file. */
    public static Growth growth(Config config, int conversations, Duration time, Consumer<GrowthBench.Sample> heard)
            throws IOException, InterruptedException {
        return in(config, (store, closers) -> {
            File file = store.stateDir().resolve("bench.mv.db").toFile();
            long bytes;
            try (Database database = Database.open(store)) {
                Ports ports = Ports.over(
                        database,
                        permit(config, emulator(closers)),
                        SystemSources.clock(),
                        SystemSources.ids(),
                        config.server().lease(),
                        Duration.ofSeconds(5));
                new GrowthBench(ports, file::length, SystemSources::pause).run(conversations, time, heard);
                bytes = file.length();
            }
            return new Growth(bytes, file.length());
        });
    }

    /** Times decisions that are told by webhook, over HTTP all the way; nothing is asked for by itself. */
    public static DecisionBench.Times decisions(Config config, int decisions) throws IOException, InterruptedException {
        return in(config, (store, closers) -> {
            EmulatorServer emulator = emulator(closers);
            Permit permit = permit(config, emulator);
            Database database = closers.add(Database.open(store));
            Watcher.Pace asking = new Watcher.Pace(NEVER, config.permit().callsPerMinute());
            Duration lease = config.server().lease();
            Ports ports = Ports.over(database, permit, SystemSources.clock(), SystemSources.ids(), lease, asking);
            DecisionBench bench = DecisionBench.start(ports, new Pace(NEVER, lease, WORKERS));
            closers.add(bench.runtime());
            listen(store, bench, ports, emulator, closers);
            return bench.run(decisions, SystemSources::pause);
        });
    }

    private static void listen(
            StoreConfig store, DecisionBench bench, Ports ports, EmulatorServer emulator, Closers closers) {
        Served served = closers.add(serve(store.stateDir(), bench.runtime(), ports, WEBHOOKS));
        emulator.sendWebhooksTo(EmulatorConfig.Webhook.to(served.webhooks(), WEBHOOKS.value()));
    }

    /** A server on loopback. */
    record Served(HttpServer http) implements AutoCloseable {
        URI webhooks() {
            return URI.create("http://127.0.0.1:" + http.port() + "/webhooks/permit");
        }

        @Override
        public void close() {
            http.close();
        }
    }

    /** Serves a runtime as a server does, with nothing around it. */
    static Served serve(Path stateDir, AgentRuntime runtime, Ports ports, Secret webhooks) {
        LoginTokens tokens = new LoginTokens(SigningKey.in(stateDir), ports.clock(), NEVER);
        Logins logins = new Logins(
                Accounts.in(ports.database(), ports.clock()),
                new Sessions(ports.database(), ports.clock()),
                tokens,
                null,
                ports.clock());
        ServerParts parts = new ServerParts(
                runtime,
                Hindsight.over(ports),
                ports.permit(),
                logins,
                new DecisionLog(ports.database(), ports.clock()),
                new NotificationChoices(ports.database()),
                new ServerParts.About("the emulator", "a bench"),
                webhooks,
                Operations.NONE,
                (login, version, message) -> Optional.empty());
        return new Served(
                HttpServer.start(new ServerConfig("127.0.0.1", 0, NEVER, NEVER, NEVER, Optional.empty(), ""), parts));
    }
}
