package dev.countersign.cli;

import dev.countersign.config.Config;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a command stands in: its streams, whether people look at them, and the settings, read when first needed so that
 * {@code --help} works with broken ones. Used by one command at a time.
 */
final class Shell {
    private final PrintWriter out;
    private final PrintWriter err;
    private final BufferedReader in;
    private final @Nullable Console console;
    private final Supplier<Config> reader;
    private @Nullable Config config;

    Shell(PrintWriter out, PrintWriter err, BufferedReader in, @Nullable Console console, Supplier<Config> reader) {
        this.out = out;
        this.err = err;
        this.in = in;
        this.console = console;
        this.reader = reader;
    }

    static Shell ofProcess() {
        return new Shell(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                System.console(),
                Config::load);
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    Config config() {
        Config known = config;
        if (known == null) {
            known = reader.get();
            config = known;
        }
        return known;
    }

    /** Whether a person types and reads here. */
    boolean isTerminal() {
        return console != null;
    }

    Style style() {
        return new Style(isTerminal() && !config().client().noColor());
    }

    /** Prompts on a terminal; null at the end of the input. */
    @Nullable
    String ask(String prompt) {
        return console == null ? nextLine() : console.readLine("%s", prompt);
    }

    /** The password from the settings, else what is typed unseen, else the next line of the input; null at its end. */
    @Nullable
    String password(String prompt) {
        String fromSettings = config().client().password().value();
        if (!fromSettings.isEmpty()) {
            return fromSettings;
        }
        if (console == null) {
            return nextLine();
        }
        char[] typed = console.readPassword("%s", prompt);
        return typed == null ? null : new String(typed);
    }

    /** The next line of a piped input, or null at its end. */
    @Nullable
    String nextLine() {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("could not read the input", e);
        }
    }
}
