package dev.countersign.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server as a subprocess: one JSON message a line, UTF-8 both ways. It gets the variables it needs to run and those its
 * agent file names, nothing else of ours. A server that does not read cannot hold a caller longer than the caller's deadline: who sends
 * writes only what the pipe has room for in any case, everything else is written on a thread of its own.
 */
final class StdioWire extends Wire {
    private static final Logger LOG = LoggerFactory.getLogger(StdioWire.class);
    private static final Pattern SAFE_VARIABLE = Pattern.compile(
            "PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TMP|TEMP|JAVA_HOME|SYSTEMROOT|COMSPEC|PATHEXT");
    private static final Pattern SECRET_VARIABLE = Pattern.compile(".*(KEY|TOKEN|SECRET|PASS|CREDENTIAL).*");
    private static final int SECRET_CHARS_MIN = 4;
    private static final int QUEUE_MAX = 1_000;
    private static final int STDERR_LINE_BYTES = 64 * 1024;
    /** What an empty pipe takes without its reader: 64 KB as a rule, one page where its user has many. */
    private static final int ROOM_BYTES = 4 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<String> command;
    private final Map<String, String> environment;
    private final int messageBytes;
    private final StderrTail stderr;
    private final BlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>(QUEUE_MAX);
    /** How many wait in the queue, or were taken from it and are not written yet. */
    private final AtomicInteger queued = new AtomicInteger();

    /** Held by who writes. */
    private final ReentrantLock writing = new ReentrantLock();
    /** How much was written in all; under the lock. */
    private long written;
    /** Up to where the server has surely read: it has answered what ended there. */
    private final AtomicLong read = new AtomicLong();

    private volatile @Nullable Process process;
    private volatile boolean unwritable;

    StdioWire(ServerSpec spec, List<String> command, int messageBytes) {
        super(spec.name());
        this.command = command;
        this.environment = spec.environment();
        this.messageBytes = messageBytes;
        this.stderr = new StderrTail(spec.environment().entrySet().stream()
                .filter(variable -> SECRET_VARIABLE
                                .matcher(variable.getKey().toUpperCase(Locale.ROOT))
                                .matches()
                        && variable.getValue().length() >= SECRET_CHARS_MIN)
                .map(Map.Entry::getValue)
                .toList());
    }

    @Override
    void open() throws UnreachableException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> !SAFE_VARIABLE.matcher(name).matches());
        builder.environment().putAll(environment);
        try {
            Process started = builder.start();
            process = started;
            Thread errors = daemon("err", () -> readErrors(started));
            daemon("out", () -> readMessages(started, errors));
            daemon("in", () -> writeMessages(started));
        } catch (IOException e) {
            throw new UnreachableException(
                    "server " + server() + " could not be started: " + Words.brief(String.valueOf(e.getMessage())), e);
        }
    }

    private Thread daemon(String what, Runnable work) {
        Thread thread = new Thread(work, "mcp-" + server() + "-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    void send(Outgoing message) {
        Process started = process;
        if (started != null && queued.get() == 0 && writing.tryLock()) {
            try {
                if (writtenAtOnce(started, message)) {
                    return;
                }
            } finally {
                writing.unlock();
            }
        }
        queued.incrementAndGet();
        if (!queue.offer(message)) {
            queued.decrementAndGet();
            message.fail(new UnreachableException(
                    "server " + server() + " does not read: " + QUEUE_MAX + " messages wait for it already", null));
        }
    }

    /** Not when it takes no messages either, though its end may not have been seen yet. */
    @Override
    boolean alive() {
        return super.alive() && !unwritable;
    }

    /** Writes on the caller's thread where that cannot block; gives back whether it did, or found nothing to be sent any more. */
    private boolean writtenAtOnce(Process started, Outgoing message) {
        byte[] line = line(message);
        if (written + line.length - read.get() > ROOM_BYTES) {
            return false;
        }
        try {
            if (message.ticket().take()) {
                write(started.getOutputStream(), message, line);
            }
        } catch (IOException e) {
            LOG.debug("server {} does not take messages any more", server(), e);
        }
        return true;
    }

    private void writeMessages(Process started) {
        OutputStream out = started.getOutputStream();
        try {
            while (alive()) {
                Outgoing message = queue.poll(1, TimeUnit.SECONDS);
                if (message != null) {
                    writeNext(out, message);
                }
            }
        } catch (IOException e) {
            LOG.debug("server {} does not take messages any more", server(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeNext(OutputStream out, Outgoing message) throws IOException {
        writing.lock();
        try {
            if (message.ticket().take()) {
                write(out, message, line(message));
            }
        } finally {
            writing.unlock();
            queued.decrementAndGet();
        }
    }

    private static byte[] line(Outgoing message) {
        return (message.json() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void write(OutputStream out, Outgoing message, byte[] line) throws IOException {
        written += line.length;
        long end = written;
        message.whenAnswered(() -> read.accumulateAndGet(end, Math::max));
        try {
            out.write(line);
            out.flush();
        } catch (IOException e) {
            // The line's end was not taken by the pipe, and without it there is no message on the other side.
            message.ticket().giveBack();
            // Before anybody hears of it: whoever is told that nothing was sent asks next whether this server lives.
            unwritable = true;
            message.fail(new UnreachableException("server " + server() + " is gone", e));
            throw e;
        }
    }

    private void readMessages(Process started, Thread errors) {
        String trouble = "";
        try {
            LineReader lines = new LineReader(started.getInputStream(), messageBytes);
            for (String line = lines.next(); line != null; line = lines.next()) {
                receiveLine(line);
            }
        } catch (IOException e) {
            trouble = " (" + Words.brief(String.valueOf(e.getMessage())) + ")";
        }
        die("server " + server() + " ended" + exit(started, errors) + trouble + "; " + stderr.text());
    }

    private void receiveLine(String line) {
        if (line.isBlank()) {
            return;
        }
        try {
            receive(Json.mapper().readTree(line));
        } catch (JsonProcessingException e) {
            LOG.debug("server {} wrote a line that is no JSON; ignored: {}", server(), Words.brief(line));
        }
    }

    /** A server that closed its output is of no use any more, whether or not it still runs. */
    private static String exit(Process started, Thread errors) {
        try {
            if (!started.waitFor(PATIENCE.toMillis() / 4, TimeUnit.MILLISECONDS)) {
                end(started);
            }
            errors.join(PATIENCE.toMillis() / 4);
            return started.isAlive() ? "" : " with exit code " + started.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private void readErrors(Process started) {
        try {
            LineReader lines = new LineReader(started.getErrorStream(), STDERR_LINE_BYTES);
            for (String line = lines.next(); line != null; line = lines.next()) {
                stderr.add(line);
            }
        } catch (IOException e) {
            stderr.add("(a line too long to keep)");
            drain(started);
        }
    }

    /** A server that cannot get rid of its errors would stop working. */
    private static void drain(Process started) {
        try {
            started.getErrorStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.trace("the error stream has ended", e);
        }
    }

    @Override
    void shut() {
        Process started = process;
        if (started == null) {
            return;
        }
        closeInput(started);
        end(started);
    }

    /** Its end is what asks a server to go; but closing waits for a write that is under way, which may be until the server is gone. */
    private void closeInput(Process started) {
        if (!writing.tryLock()) {
            return;
        }
        try {
            started.getOutputStream().close();
        } catch (IOException e) {
            LOG.trace("the input stream was closed already", e);
        } finally {
            writing.unlock();
        }
    }

    /** Asks, and after a while insists; children of a wrapper script go with it. */
    private static void end(Process started) {
        List<ProcessHandle> family = started.descendants().toList();
        started.destroy();
        try {
            if (!started.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                started.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            started.destroyForcibly();
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
