package dev.countersign.db;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server on loopback, with fsync on as in production; ends with the process that started it. A store is a
 * schema of its own: a database for each test would be copied whole, and make a stop at the end take longer than the tests.
 */
public final class PostgresServer implements AutoCloseable {
    /** Who may do everything there. */
    public static final String USER = "postgres";

    private static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");
    private static @Nullable PostgresServer shared;

    private final Path folder;
    private final int port;
    private EmbeddedPostgres server;

    private PostgresServer(Path folder, EmbeddedPostgres server) {
        this.folder = folder;
        this.server = server;
        this.port = server.getPort();
    }

    /** The one that all tests of this process share. */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** A new one. */
    public static PostgresServer start() {
        return start(DURABLE);
    }

    /** A new one with these settings. */
    public static PostgresServer start(Map<String, String> settings) {
        try {
            Path folder = Files.createTempDirectory("countersign-postgres");
            PostgresServer started = new PostgresServer(folder, launch(folder, 0, settings));
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "postgres-ends"));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedPostgres launch(Path folder, int port, Map<String, String> settings) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false);
        settings.forEach(builder::setServerConfig);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    /** The JDBC url of the folder's own schema, which is made on first use. */
    public String databaseFor(Path place) {
        String name = "s" + digest(place.toAbsolutePath().toString()).substring(0, 24);
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("the test's PostgreSQL server does not answer", e);
        }
        return "jdbc:postgresql://localhost:" + port + "/postgres?currentSchema=" + name;
    }

    /** All of its files. */
    public Path data() {
        return folder.resolve("data");
    }

    Path writeAheadLog() {
        return data().resolve("pg_wal");
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Breaks every connection off in the middle of whatever it does, as a crash of the server would. */
    public synchronized void crash() {
        Process process = server.getProcess();
        try {
            int code = new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code == 0) {
                var unused = process.waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts again after {@link #crash}, on the same files and port. */
    public synchronized void restart() {
        try {
            // It is gone already, and this lets go of its folder.
            server.close();
            server = launch(folder, port, DURABLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (!Files.exists(folder)) {
            return;
        }
        if (server.getProcess().isAlive()) {
            crash();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // A temporary folder; whoever still writes there keeps the rest of it.
            return;
        }
    }
}
