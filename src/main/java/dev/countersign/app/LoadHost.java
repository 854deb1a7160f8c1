package dev.countersign.app;

import dev.countersign.lab.soak.Load;
import dev.countersign.lab.soak.LoadReport;
import dev.countersign.lab.soak.SoakScene;
import dev.countersign.lab.soak.Sources;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Sets the scene of a load: that of a soak, with a server that nobody kills. The folder is gone afterwards if all went well. */
public final class LoadHost {
    private static final int USERS = 50;

    private LoadHost() {}

    /**
     * What a load may be told.
     *
     * @param clients WebSocket clients, each with a thread of its own
     * @param rate messages a second, over all of them
     */
    public record Options(int clients, int rate, Duration time) {
        int rounds() {
            return (int) (rate * time.toSeconds() / clients) + 1;
        }
    }

    /** Runs one; {@code progress} hears a line now and then. */
    public static LoadReport run(Options options, Consumer<String> progress) throws IOException {
        SoakHost host = SoakHost.create();
        LoadReport report;
        try (host) {
            SoakScene scene = new SoakScene(host.folder(), options.clients, options.rounds(), USERS);
            SoakHost.Set set = host.set(scene);
            report = new Load(
                            new Load.Options(scene, options.rate, options.time, SoakHost.SECRET),
                            set.server(),
                            new ChildVitals(set.server()::pid),
                            set.permit(),
                            new Sources(
                                    SystemSources.clock(), SystemSources::pause, new SplittableRandom(options.clients)))
                    .run(progress);
        }
        if (report.clean()) {
            host.forget();
        } else {
            progress.accept("the load's folder is kept: " + host.folder());
        }
        return report;
    }
}
