package dev.countersign.cli;

import dev.countersign.app.ForeignSettings;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One process of the demo: started with settings of its own, spoken to through its standard input, heard through its standard
 * output. Used by one thread at a time.
 */
final class DemoParty implements AutoCloseable {
    private static final ErrorCode SILENT = new ErrorCode("CS-905", ErrorCode.Kind.UNREACHABLE);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int GRACE_SECONDS = 15;
    private static final String END = "\u0000end of output";

    private final String name;
    private final Process process;
    private final PrintWriter input;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    /**
     * How a party is started.
     *
     * @param folder it works in
     * @param settings its environment variables on top of a small safe set
     * @param echo hears each line it prints
     */
    record Start(String name, List<String> command, Path folder, Map<String, String> settings, Consumer<String> echo) {}

    private DemoParty(String name, Process process) {
        this.name = name;
        this.process = process;
        this.input = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static DemoParty start(Start start) {
        ProcessBuilder builder =
                new ProcessBuilder(start.command()).directory(start.folder().toFile());
        ForeignSettings.removeFrom(builder.environment());
        builder.environment().putAll(start.settings());
        builder.redirectError(
                start.folder().resolve(start.name().replace(' ', '-') + ".err").toFile());
        try {
            DemoParty party = new DemoParty(start.name(), builder.start());
            party.listen(start.echo());
            return party;
        } catch (IOException e) {
            throw new CountersignException(SILENT, "could not start " + start.name() + ": " + e.getMessage(), e);
        }
    }

    private void listen(Consumer<String> echo) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader lines = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            echo.accept(line);
                            heard.add(line);
                        }
                    } catch (IOException e) {
                        echo.accept("(" + name + " fell silent)");
                    }
                    heard.add(END);
                },
                "demo-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    long pid() {
        return process.pid();
    }

    /** The processes it has started itself. */
    List<Long> children() {
        return process.children().map(ProcessHandle::pid).toList();
    }

    /** Types a line. */
    void say(String line) {
        input.println(line);
    }

    /**
     * Waits for a line that matches, leaving out those before it.
     *
     * @return the pattern's first group, or the whole line when it has none
     */
    String expect(String pattern) throws InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        @Nullable String line = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        while (line != null && !line.equals(END)) {
            Matcher found = wanted.matcher(line);
            if (found.find()) {
                return found.groupCount() == 0 ? line : String.valueOf(found.group(1));
            }
            line = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        throw new CountersignException(
                SILENT,
                "expected " + name + " to show something like '" + pattern + "', it "
                        + (line == null ? "said nothing more" : "ended") + " instead");
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until it has ended by itself. */
    int end() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new CountersignException(SILENT, "expected " + name + " to end, it still runs");
        }
        return process.exitValue();
    }

    /** Asks it to stop, and makes sure. */
    @Override
    public void close() {
        input.close();
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
