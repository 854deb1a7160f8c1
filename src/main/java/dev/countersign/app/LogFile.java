package dev.countersign.app;

import dev.countersign.account.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Where a serving process writes its own log lines, one JSON object each. */
public final class LogFile {
    private static final String PROPERTY = "countersign.log.file";

    private LogFile() {}

    /** Sends the log lines to the state folder, which is made, unless the property already says where. Counts only before the first line. */
    public static void into(Path stateDir) {
        try {
            OwnerOnly.folder(stateDir);
        } catch (IOException e) {
            throw new UncheckedIOException("could not make the state folder " + stateDir, e);
        }
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, stateDir.resolve("countersign.log").toString());
        }
    }
}
