package dev.countersign.app;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what libraries tell the JDK's own logging to where all other lines go; by itself it writes to standard error, in a form of its own. */
final class JavaLogging extends Handler {
    /** Above what a library says that nobody asked to hear. */
    private static final Level LEAST = Level.WARNING;

    private JavaLogging() {
        setLevel(LEAST);
    }

    /** From now on, for the whole process. */
    static void redirect() {
        java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.setLevel(LEAST);
        root.addHandler(new JavaLogging());
    }

    @Override
    public void publish(LogRecord said) {
        if (isLoggable(said)) {
            Logger log = LoggerFactory.getLogger(String.valueOf(said.getLoggerName()));
            log.atLevel(
                            said.getLevel().intValue() >= Level.SEVERE.intValue()
                                    ? org.slf4j.event.Level.ERROR
                                    : org.slf4j.event.Level.WARN)
                    .setCause(said.getThrown())
                    .log(String.valueOf(said.getMessage()));
        }
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
