package dev.countersign.db;

import dev.countersign.config.StoreConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The master key: from config, or a file that only its owner can read, made on the first start. */
final class MasterKeys {
    private static final ErrorCode BAD_KEY = new ErrorCode("CS-203", ErrorCode.Kind.INVALID);
    private static final int BYTES = 32;

    private MasterKeys() {}

    static byte[] load(StoreConfig.MasterKey place) {
        if (!place.value().value().isEmpty()) {
            return decode(place.value().value(), "COUNTERSIGN_MASTER_KEY");
        }
        try {
            Path file = place.file();
            if (!Files.exists(file)) {
                create(file);
            }
            return decode(Files.readString(file).strip(), file.toString());
        } catch (IOException e) {
            throw new CountersignException(
                    BAD_KEY, "could not read or make the master key file " + place.file() + ": " + e, e);
        }
    }

    /**
     * Made beside its place, brought to the disk, and then linked there: nobody reads half a key, and after a power cut there
     * is no text that outlived its key.
     */
    private static void create(Path file) throws IOException {
        Path folder = file.toAbsolutePath().resolveSibling("");
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path whole = Files.createTempFile(folder, ".master", "", ownerOnly);
        try {
            Files.writeString(whole, Base64.getEncoder().encodeToString(key));
            toDisk(whole, StandardOpenOption.WRITE);
            Files.createLink(file, whole);
            toDisk(folder, StandardOpenOption.READ);
        } catch (FileAlreadyExistsException e) {
            // Another start was faster; its key is as good, and it is the one that will be read.
            return;
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static void toDisk(Path path, StandardOpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(path, access)) {
            channel.force(true);
        }
    }

    private static byte[] decode(String text, String where) {
        try {
            byte[] key = Base64.getDecoder().decode(text);
            if (key.length == BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new CountersignException(BAD_KEY, where + ": expected 32 bytes in base64, got something else", e);
        }
        throw new CountersignException(BAD_KEY, where + ": expected 32 bytes in base64, got another length");
    }
}
