package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.permit.PermitSetup;
import dev.countersign.permit.SetupChange;
import java.nio.file.Path;
import java.util.List;

/** Sets up the environment that the settings lead to, or the embedded emulator when they lead nowhere. */
public final class PermitSetups {
    private PermitSetups() {}

    public static List<SetupChange> apply(Config config, Path file, boolean dryRun) {
        try (Closers closers = new Closers()) {
            PermitPlace place = PermitPlace.open(config, SystemSources.clock(), closers);
            return new PermitSetup(place.config()).apply(file, dryRun);
        }
    }
}
