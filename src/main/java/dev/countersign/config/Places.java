package dev.countersign.config;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folders everything is resolved against: the current folder first, then the one the program was shipped with.
 *
 * @param current where the user stands
 * @param home where the launcher lives
 */
public record Places(Path current, Path home) {
    /** The folder {@code name} of the current folder when it exists there, else the shipped one. */
    Path folder(String name) {
        Path here = current.resolve(name);
        return Files.isDirectory(here) ? here : home.resolve(name);
    }

    /** The file {@code name} of the current folder when it exists there, else the shipped one. */
    Path file(String name) {
        Path here = current.resolve(name);
        return Files.exists(here) ? here : home.resolve(name);
    }

    /** As the launcher says ({@code countersign.home}), else the current folder for both. */
    public static Places ofProcess() {
        Path current = Path.of("").toAbsolutePath();
        String home = System.getProperty("countersign.home");
        return new Places(current, home == null ? current : Path.of(home));
    }
}
