package dev.countersign.config;

import dev.countersign.core.CountersignException;
import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
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
                    "expected lines NAME=value in " + file + ", got something else" + where(file));
        }
    }

    /** The number of the first line that is no setting; never its text, which may be a secret that lost its name. */
    private static String where(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (!line.isEmpty() && !line.startsWith("#") && !line.contains("=")) {
                    return " in line " + (i + 1);
                }
            }
            return "";
        } catch (IOException e) {
            return ": it is not readable as UTF-8 text";
        }
    }
}
