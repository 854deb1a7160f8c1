package dev.countersign.permit;

import dev.countersign.config.PermitConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * Brings a Permit environment to what an agent needs: resource type, actions, attributes and roles, elements, tenant,
 * instances, users, their membership and role assignments, as a YAML file says. Idempotent: a second run changes nothing. It
 * adds and updates, never removes; what the environment has beyond the file is left alone, and named where it grants more.
 * A run that was cut off is finished by running it again. The tenant is the setting {@code TENANT}.
 */
public final class PermitSetup {
    private final PermitConfig config;

    public PermitSetup(PermitConfig config) {
        this.config = config;
    }

    /**
     * Compares the environment with the file, and changes it unless this is a dry run.
     *
     * @return everything that was looked at, in order, with what was done or, in a dry run, what would be
     * @throws dev.countersign.core.CountersignException {@code CS-310} with file and line when the file is not as expected:
     *     then nothing was sent
     * @throws PermitException when Permit refuses or cannot be reached; what was done until then stays
     */
    public List<SetupChange> apply(Path file, boolean dryRun) {
        SetupPlan plan = SetupFile.read(file);
        if (!config.hasKey()) {
            throw Failures.badScope("expected PERMIT_API_KEY, got none. Set it in the environment or in .env.");
        }
        SetupWorld world = new SetupWorld(config, dryRun);
        new SetupSchema(world).apply(plan);
        new SetupFacts(world).apply(plan);
        return world.changes();
    }
}
