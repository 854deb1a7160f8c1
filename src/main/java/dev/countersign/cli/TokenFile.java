package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.account.OwnerOnly;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The login tokens of whoever uses this folder, in a file that only its owner can read: per server, per user, and who logged
 * in there last. A damaged file counts as empty: one logs in again.
 *
 * <pre>{"local":{"last":"henry","tokens":{"henry":"eyJ…"}}}</pre>
 */
final class TokenFile {
    private final Path file;

    TokenFile(Path stateDir) {
        this.file = stateDir.resolve("tokens.json");
    }

    /** Who logged in last. */
    Optional<String> last(String server) {
        return text(read().path(server).path("last"));
    }

    Optional<String> token(String server, String user) {
        return text(read().path(server).path("tokens").path(user));
    }

    void remember(String server, String user, String token) {
        ObjectNode all = read();
        ObjectNode entry = all.withObjectProperty(server);
        entry.put("last", user);
        entry.withObjectProperty("tokens").put(user, token);
        write(all);
    }

    /** Forgets the user's token; true when there was one. */
    boolean forget(String server, String user) {
        ObjectNode all = read();
        ObjectNode entry = all.withObjectProperty(server);
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
