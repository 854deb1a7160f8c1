package dev.countersign.app;

import dev.countersign.account.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the server that owns the store listens: a file {@code server.url} in the state folder. A note left behind by a
 * killed server is harmless, since nobody trusts it before the server has answered.
 */
public final class ServerNote {
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Path file;

    public ServerNote(Path stateDir) {
        this.file = stateDir.resolve("server.url");
    }

    void write(URI url) {
        try {
            OwnerOnly.write(file, url + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        }
    }

    /** Removes the note if it still names this server. */
    void remove(URI url) {
        try {
            if (read().filter(url::equals).isPresent()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + file, e);
        }
    }

    private Optional<URI> read() {
        try {
            return Files.exists(file)
                    ? Optional.of(URI.create(Files.readString(file).strip()))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The noted server, if it answers. */
    public Optional<URI> answering() {
        return read().filter(ServerNote::answers);
    }

    /** The same, but gives a server that is just starting some time. */
    public Optional<URI> answeringWithin(Duration patience) {
        long attempts = Math.max(1, patience.dividedBy(PAUSE));
        for (long i = 0; i < attempts; i++) {
            Optional<URI> found = answering();
            if (found.isPresent()) {
                return found;
            }
            pause();
        }
        return Optional.empty();
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean answers(URI url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(url.resolve("/healthz"))
                    .timeout(ANSWER)
                    .build();
            HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
