package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.account.OwnerOnly;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The login tokens of whoever uses this folder, in a file that only its owner can read: per server, per user, and who logged
 * in there last. A damaged file counts as empty: one logs in again. Commands that run at once change it one after the other.
 *
 * <pre>{"local":{"last":"henry","tokens":{"henry":"eyJ…"},"refresh":{"henry":"b3p…"}}}</pre>
 */
final class TokenFile {
    private final Path file;
    private final Path folder;
    private final Path lock;

    TokenFile(Path stateDir) {
        this.file = stateDir.resolve("tokens.json");
        this.folder = stateDir;
        this.lock = stateDir.resolve("tokens.lock");
    }

    /** Who logged in last. */
    Optional<String> last(String server) {
        return text(read().path(server).path("last"));
    }

    Optional<String> token(String server, String user) {
        return text(read().path(server).path("tokens").path(user));
    }

    /** What a new token can be had for. */
    Optional<String> refresh(String server, String user) {
        return text(read().path(server).path("refresh").path(user));
    }

    /** Does something with these tokens while no other command does. */
    <T> T alone(Supplier<T> work) {
        synchronized (TokenFile.class) {
            try {
                OwnerOnly.folder(folder);
                try (FileChannel channel =
                        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    var unused = channel.lock();
                    return work.get();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("could not lock " + lock, e);
            }
        }
    }

    void remember(String server, String user, Api.Tokens tokens) {
        ObjectNode all = read();
        ObjectNode entry = all.withObjectProperty(server);
        entry.put("last", user);
        entry.withObjectProperty("tokens").put(user, tokens.access());
        entry.withObjectProperty("refresh").put(user, tokens.refresh());
        write(all);
    }

    /** Forgets the user's token; true when there was one. */
    boolean forget(String server, String user) {
        ObjectNode all = read();
        ObjectNode entry = all.withObjectProperty(server);
        entry.withObjectProperty("refresh").remove(user);
        boolean known = entry.withObjectProperty("tokens").remove(user) != null;
        if (user.equals(entry.path("last").asText())) {
            entry.remove("last");
        }
        write(all);
        return known;
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.of(node.asText("")).filter(text -> !text.isEmpty());
    }

    private ObjectNode read() {
        try {
            if (Files.exists(file) && Json.read(Files.readString(file)) instanceof ObjectNode all) {
                return all;
            }
        } catch (CountersignException e) {
            return Json.object();
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + file, e);
        }
        return Json.object();
    }

    private void write(ObjectNode all) {
        try {
            OwnerOnly.write(file, Json.write(all) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        }
    }
}
