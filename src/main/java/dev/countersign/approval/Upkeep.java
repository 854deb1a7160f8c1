package dev.countersign.approval;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done about approvals as time passes, in one idempotent go that any node may make at any time: a part that
 * fails does not keep the others from being done, and is done in the next go.
 */
public final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** One part; it hears whom to wake. */
    @FunctionalInterface
    public interface Part {
        void run(Consumer<String> moved);
    }

    private final List<Part> parts;

    public Upkeep(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Does what is due; {@code moved} hears each thread that has something to go on with. */
    public void run(Consumer<String> moved) {
        for (Part part : parts) {
            try {
                part.run(moved);
            } catch (RuntimeException e) {
                LOG.atWarn().log("a part of the upkeep failed and will be done again", e);
            }
        }
    }
}
