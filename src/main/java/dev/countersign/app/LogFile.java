package dev.countersign.app;

import dev.countersign.account.OwnerOnly;
import dev.countersign.config.ObservationConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * Where a serving process writes its own log lines: one JSON object each into a file, and to standard error in the form that is
 * asked for. Counts only before the first line.
 */
public final class LogFile {
    private static final String FILE = "countersign.log.file";
    private static final String FORMAT = "countersign.log.format";

    private LogFile() {}

    /** Sends the log lines to the state folder, which is made, unless the property already says where. */
    public static void into(Path stateDir, ObservationConfig.LogFormat format) {
        try {
            OwnerOnly.folder(stateDir);
        } catch (IOException e) {
            throw new UncheckedIOException("could not make the state folder " + stateDir, e);
        }
        if (System.getProperty(FILE) == null) {
            System.setProperty(FILE, stateDir.resolve("countersign.log").toString());
        }
        if (System.getProperty(FORMAT) == null) {
            System.setProperty(FORMAT, format.name().toLowerCase(Locale.ROOT));
        }
        if (format == ObservationConfig.LogFormat.JSON) {
            JavaLogging.redirect();
            // The JVM would write it as a stack of lines.
            Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> LoggerFactory.getLogger(LogFile.class)
                    .atError()
                    .setCause(failure)
                    .log("a Java thread ended by an exception"));
        }
    }
}
