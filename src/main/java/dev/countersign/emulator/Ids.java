package dev.countersign.emulator;

import dev.countersign.core.IdSource;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Where ids come from. What the seed file names gets an id that follows from its name, in every run and every file. What
 * clients create gets one from the configured source, or else one that follows from a counter in the file; the counter is
 * mixed with the number of resets, so that no id of an earlier life of the file returns.
 */
final class Ids {
    private static final String NEXT = "SELECT NEXT VALUE FOR new_id";

    private final String epoch;
    private final @Nullable IdSource source;

    Ids(String epoch, @Nullable IdSource source) {
        this.epoch = epoch;
        this.source = source;
    }

    static String named(String... path) {
        String name = "countersign-emulator|" + String.join("|", path);
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    String fresh(Handle handle) {
        if (source != null) {
            return source.newId();
        }
        long number = handle.createQuery(NEXT).mapTo(Long.class).one();
        return named("fresh", epoch, Long.toString(number));
    }
}
