package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.db.FreshRows;
import dev.countersign.lab.soak.Stage;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.DecisionLog;
import dev.countersign.log.LogVerdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server of a soak: {@code countersign serve} as a child, with settings of its own, in a folder of its own. Its standard
 * error is appended to {@code server.err} there. {@link #close} leaves no process behind and may come from another thread.
 */
final class SoakServer implements Stage, AutoCloseable {
    private static final ErrorCode NOT_BACK = new ErrorCode("CS-907", ErrorCode.Kind.UNREACHABLE);
    private static final Pattern SERVES = Pattern.compile("serves at (http://\\S+)");
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 60;
    private static final int LOG_PAGE = 500;
    /** A server that is gone leaves its MCP servers with the end of their input; they finish what they do. */
    private static final long ORPHAN_SECONDS = 20;

    private final Path folder;
    private final Map<String, String> settings;
    private final Queue<ProcessHandle> started = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Process process;

    SoakServer(Path folder, Map<String, String> settings) {
        this.folder = folder;
        this.settings = Map.copyOf(settings);
    }

    @Override
    public URI start() {
        List<String> command = new ArrayList<>(AgentOutfits.selfCommand());
        command.addAll(List.of("serve", "--port", "0"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        ForeignSettings.removeFrom(builder.environment());
        builder.environment().putAll(settings);
        builder.redirectError(
                ProcessBuilder.Redirect.appendTo(folder.resolve("server.err").toFile()));
        try {
            Process child = builder.start();
            process = child;
            started.add(child.toHandle());
            return address(child);
        } catch (IOException e) {
            throw new CountersignException(NOT_BACK, "could not start the server: " + e.getMessage(), e);
        }
    }

    /** The number of the child that was started last. */
    long pid() {
        Process child = process;
        if (child == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return child.pid();
    }

    /** A child that says nothing must not hold us up for ever, and a blocked read cannot be given up; so another thread reads. */
    private URI address(Process child) {
        CompletableFuture<URI> address = new CompletableFuture<>();
        Thread listener = new Thread(() -> listen(child, address), "soak-server-output");
        listener.setDaemon(true);
        listener.start();
        try {
            return address.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CountersignException(
                    NOT_BACK,
                    "expected the server to serve within " + START_SECONDS + " s, it did not; see "
                            + folder.resolve("server.err"),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CountersignException(NOT_BACK, "interrupted while the server started", e);
        }
    }

    private static void listen(Process child, CompletableFuture<URI> address) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher serves = SERVES.matcher(line);
                if (serves.find()) {
                    address.complete(URI.create(String.valueOf(serves.group(1))));
                }
            }
        } catch (IOException e) {
            address.completeExceptionally(e);
        }
        address.completeExceptionally(new IOException("the server ended"));
    }

    @Override
    public void kill() {
        Process child = process;
        if (child != null) {
            child.descendants().forEach(started::add);
            child.destroyForcibly();
            await(child.toHandle(), STOP_SECONDS);
        }
    }

    @Override
    public void stop() {
        Process child = process;
        if (child != null) {
            child.descendants().forEach(started::add);
            child.destroy();
            await(child.toHandle(), STOP_SECONDS);
        }
        started.forEach(one -> await(one, ORPHAN_SECONDS));
    }

    private static void await(ProcessHandle one, long seconds) {
        try {
            one.onExit().get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            one.destroyForcibly();
        } catch (InterruptedException e) {
            one.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String operatorToken() {
        return RunningServer.operatorToken(config().store());
    }

    @Override
    public List<String> damage() {
        try (Database database = Database.open(config().store())) {
            List<String> found = new ArrayList<>();
            DecisionLog log = new DecisionLog(database, SystemSources.clock());
            if (ChainCheck.of(after -> log.page(after, LOG_PAGE), null) instanceof LogVerdict.Broken broken) {
                found.add("the decision log is broken at row " + broken.seq() + ": " + broken.problem());
            }
            // Last, since it writes.
            found.addAll(FreshRows.refused(database));
            return found;
        } catch (CountersignException e) {
            return List.of("the store does not open: " + e.getMessage());
        }
    }

    private Config config() {
        return Config.of(new Places(folder, folder), settings);
    }

    @Override
    public void close() {
        Process child = process;
        if (child != null) {
            child.descendants().forEach(started::add);
        }
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
