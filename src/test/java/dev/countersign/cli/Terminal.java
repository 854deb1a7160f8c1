package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.Json;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs commands as a script would: piped input, captured output, settings of its own. */
final class Terminal {
    private final Path folder;
    private final Path home;
    private final Map<String, String> settings = new HashMap<>(Map.of("COUNTERSIGN_DURABILITY", "process"));
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    Terminal(Path folder) {
        this(folder, folder);
    }

    /** As if the program had been shipped in {@code home}. */
    Terminal(Path folder, Path home) {
        this.folder = folder;
        this.home = home;
    }

    Terminal with(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    /** Runs one command with this input; returns its exit code. */
    int run(String input, String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        Shell shell = new Shell(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new BufferedReader(new StringReader(input)),
                null,
                this::config);
        return Cli.execute(shell, arguments);
    }

    Config config() {
        return Config.of(new Places(folder, home), settings);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    JsonNode json() {
        return Json.read(out());
    }
}
