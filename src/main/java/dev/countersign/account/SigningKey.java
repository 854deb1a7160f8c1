package dev.countersign.account;

import dev.countersign.db.Database;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * The key that signs login tokens: 32 random bytes in a file that only its owner can read, made at the first start.
 * Deleting the file logs everybody out.
 */
public final class SigningKey {
    private static final int BYTES = 32;
    /** The key's file in the state folder. */
    public static final String FILE = "login.key";

    private static final String NEW_KEY =
            ", got something else; remove the file to have a new key made, and everybody logs in again";

    private static final String SECRET = "login key";

    private final byte[] bytes;

    private SigningKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads the key in the folder, or makes it. Two processes that start at once end up with the same key.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-706} when the file is not a key, or others can read it
     */
    public static SigningKey in(Path stateDir) {
        Path file = stateDir.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            return new SigningKey(read(file));
        } catch (IOException e) {
            throw AccountErrors.badKeyFile("could not read or make the login key " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The key that all nodes of the store sign with, so that a login at one is one at the others. Where the store has one owner
     * it is the folder's key, as with {@link #in}; elsewhere the first node's, which the others' folders get a copy of.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-706}, and {@code CS-707} when the folder has another key
     */
    public static SigningKey shared(Path stateDir, Database database) {
        if (database.isExclusive()) {
            return in(stateDir);
        }
        Path file = stateDir.resolve(FILE);
        Optional<byte[]> known = database.secrets().find(SECRET);
        if (known.isPresent() && !Files.exists(file)) {
            try {
                create(file, known.get());
            } catch (IOException e) {
                throw AccountErrors.badKeyFile("could not make the login key " + file + ": " + e.getMessage(), e);
            }
        }
        SigningKey own = in(stateDir);
        if (!MessageDigest.isEqual(own.bytes, database.secrets().agree(SECRET, own.bytes))) {
            throw AccountErrors.otherKey(file);
        }
        return own;
    }

    private static void create(Path file) throws IOException {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        create(file, key);
    }

    private static void create(Path file, byte[] key) throws IOException {
        try {
            // Written whole beside its place and then linked there, so that nobody ever reads half a key.
            Path whole = OwnerOnly.temporary(file, Base64.getEncoder().encodeToString(key) + "\n");
            try {
                Files.createLink(file, whole);
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (FileAlreadyExistsException e) {
            // Another process was first; its key is the one.
            return;
        }
    }

    private static byte[] read(Path file) throws IOException {
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
        if (!Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                .containsAll(allowed)) {
            throw AccountErrors.badKeyFile(
                    "expected the login key " + file + " to be readable by its owner only, got " + allowed
                            + "; run chmod 600 on it",
                    null);
        }
        try {
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length == BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw AccountErrors.badKeyFile("expected 32 bytes in base64 in the login key " + file + NEW_KEY, e);
        }
        throw AccountErrors.badKeyFile("expected 32 bytes in base64 in the login key " + file + NEW_KEY, null);
    }

    byte[] bytes() {
        return bytes.clone();
    }
}
