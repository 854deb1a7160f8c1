package dev.countersign.emulator;

import static java.util.Objects.requireNonNull;

import dev.countersign.core.IdSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one emulator runs. Start from {@link #inMemory} or {@link #inFile} and change what differs with the {@code with…}
 * methods.
 *
 * @param host address to bind; loopback unless somebody decides otherwise
 * @param port 0 takes a free one
 * @param apiKey the one environment key it accepts, at REST and PDP alike
 * @param database the H2 file without its ending, or null to keep everything in memory until {@code close}
 * @param reset drop what the file holds and seed again
 * @param seedFile a {@code *.permit.yaml}; null takes the food-ordering family that ships in the jar
 * @param clock stamps rows and ages tokens, PDP lag and webhook retries
 * @param ids where new ids come from after seeding; null derives them from the seed, the same in every run
 * @param webhook where decisions go when the element names no webhook of its own; may be null
 */
public record EmulatorConfig(
        String host,
        int port,
        String apiKey,
        @Nullable Path database,
        boolean reset,
        @Nullable Path seedFile,
        Clock clock,
        @Nullable IdSource ids,
        @Nullable Webhook webhook) {
    public EmulatorConfig {
        requireNonNull(host, "host is null");
        requireNonNull(clock, "clock is null");
        if (apiKey.isBlank()) {
            throw new IllegalArgumentException("expected an API key for the emulator, got an empty one");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("expected a port from 0 to 65535, got " + port);
        }
    }

    /** On a free loopback port, gone when closed: for tests and for a server that has no Permit key. */
    public static EmulatorConfig inMemory(String apiKey, Clock clock) {
        return new EmulatorConfig("127.0.0.1", 0, apiKey, null, false, null, clock, null, null);
    }

    /** On a free loopback port, kept in an H2 file that survives a kill. */
    public static EmulatorConfig inFile(String apiKey, Clock clock, Path database) {
        return new EmulatorConfig("127.0.0.1", 0, apiKey, database, false, null, clock, null, null);
    }

    public EmulatorConfig withHost(String newHost) {
        return new EmulatorConfig(newHost, port, apiKey, database, reset, seedFile, clock, ids, webhook);
    }

    public EmulatorConfig withPort(int newPort) {
        return new EmulatorConfig(host, newPort, apiKey, database, reset, seedFile, clock, ids, webhook);
    }

    public EmulatorConfig withReset(boolean newReset) {
        return new EmulatorConfig(host, port, apiKey, database, newReset, seedFile, clock, ids, webhook);
    }

    public EmulatorConfig withSeedFile(@Nullable Path newSeedFile) {
        return new EmulatorConfig(host, port, apiKey, database, reset, newSeedFile, clock, ids, webhook);
    }

    public EmulatorConfig withIds(@Nullable IdSource newIds) {
        return new EmulatorConfig(host, port, apiKey, database, reset, seedFile, clock, newIds, webhook);
    }

    public EmulatorConfig withWebhook(@Nullable Webhook newWebhook) {
        return new EmulatorConfig(host, port, apiKey, database, reset, seedFile, clock, ids, newWebhook);
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return "EmulatorConfig[" + host + ":" + port + ", database=" + database + ", reset=" + reset + ", seedFile="
                + seedFile + "]";
    }

    /**
     * A place that wants to hear of decisions.
     *
     * @param secret sent as {@code Authorization: Bearer}; may be empty
     * @param attempts how often a delivery is tried in all
     * @param firstPause the pause after the first failure; each further one is twice as long
     */
    public record Webhook(URI url, String secret, int attempts, Duration firstPause) {
        public Webhook {
            if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
                throw new IllegalArgumentException("expected an http or https webhook address, got " + url);
            }
            if (attempts < 1 || attempts > 20) {
                throw new IllegalArgumentException("expected 1 to 20 delivery attempts, got " + attempts);
            }
        }

        /** Five attempts, the first repeated after a second. */
        public static Webhook to(URI url, String secret) {
            return new Webhook(url, secret, 5, Duration.ofSeconds(1));
        }

        @Override
        public String toString() {
            return "Webhook[" + url + "]";
        }
    }
}
