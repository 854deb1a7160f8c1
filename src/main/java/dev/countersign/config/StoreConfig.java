package dev.countersign.config;

import java.nio.file.Path;

/**
 * Where state is kept.
 *
 * @param url JDBC url; default an H2 file {@code countersign} in the checkpoints folder
 * @param user database user; empty for the driver's own default
 * @param password database password
 * @param stateDir folder for keys, tokens and the emulator's and example's own files; default {@code .countersign} beside
 *     the checkpoints folder
 * @param masterKey file with the master key for texts at rest (32 bytes, base64), or, when it is set in config, its value
 * @param durability fsync or process
 */
public record StoreConfig(
        String url, String user, Secret password, Path stateDir, MasterKey masterKey, Durability durability) {
    /** The url as it may be shown: what follows a question mark may hold a secret. */
    public String place() {
        return url.replaceFirst("\\?.*", "");
    }

    /** What an acknowledged write survives. */
    public enum Durability {
        /** Process kill and power cut. */
        FSYNC,
        /** Process kill. */
        PROCESS
    }

    /**
     * The master key's place.
     *
     * @param file made on first start, readable by the owner only; used when the value is empty
     * @param value from config; empty when the file is used
     */
    public record MasterKey(Path file, Secret value) {}
}
