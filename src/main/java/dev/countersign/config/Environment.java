package dev.countersign.config;

import dev.countersign.core.CountersignException;
import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The one place that reads the process environment and {@code .env}. */
final class Environment {
    private Environment() {}

    static Map<String, String> current() {
        return merged(Places.ofProcess().file(".env"), System.getenv());
    }

    /** The file's settings, each overridden by the environment's; a missing file holds none. */
    static Map<String, String> merged(Path file, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(dotEnv(file));
        all.putAll(environment);
        return all;
    }

    private static Map<String, String> dotEnv(Path file) {
        try {
            Map<String, String> values = new HashMap<>();
            Dotenv dotenv = Dotenv.configure()
                    .directory(String.valueOf(file.toAbsolutePath().getParent()))
                    .filename(String.valueOf(file.getFileName()))
                    .ignoreIfMissing()
                    .load();
            for (DotenvEntry entry : dotenv.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
                values.put(entry.getKey(), entry.getValue());
            }
            return values;
        } catch (DotenvException e) {
            // The library's message quotes the line, which may be a secret that lost its name; it goes nowhere.
            throw new CountersignException(
                    ConfigReader.BAD_SETTING,
                    "expected lines NAME=value in " + file + ", one of them is something else");
        }
    }
}
