package dev.countersign.mcpserver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the host's streams and the SDK's stdio transport, which by itself ends at the first line it cannot parse
 * and drops the answers of calls that are under way when its input ends. Here a bad or oversized line gets JSON-RPC's error
 * and the next line is served; at the end of input the answers that are due are awaited first.
 */
final class StdioLines {
    private static final Logger LOG = LoggerFactory.getLogger(StdioLines.class);
    private static final int LINE_BYTES_MAX = 1 << 20;
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final InputStream in;
    private final PipedOutputStream toPipe;
    private final PipedInputStream pipe;
    private final Answers out;
    private final CountDownLatch ended = new CountDownLatch(1);

    private StdioLines(InputStream in, OutputStream out) throws IOException {
        this.in = new BufferedInputStream(in);
        this.pipe = new PipedInputStream(1 << 16);
        this.toPipe = new PipedOutputStream(pipe);
        this.out = new Answers(out);
    }

    static StdioLines over(InputStream in, OutputStream out) {
        try {
            return new StdioLines(in, out);
        } catch (IOException e) {
            throw new UncheckedIOException("a new pipe refused to connect", e);
        }
    }

    InputStream toServer() {
        return pipe;
    }

    OutputStream fromServer() {
        return out;
    }

    /**
     * Starts passing lines on.
     *
     * @param stop ends the server; called when the input ends
     */
    RunningMcp run(Runnable stop) {
        Thread pump = new Thread(() -> pump(stop), "mcp-stdio");
        pump.start();
        return new Running(stop, pump);
    }

    private void pump(Runnable stop) {
        try {
            while (true) {
                byte[] line = nextLine();
                if (line == null) {
                    break;
                }
                pass(line);
            }
            out.drained(DRAIN);
        } catch (IOException e) {
            LOG.debug("the host closed its stream", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(stop);
        }
    }

    private void end(Runnable stop) {
        try {
            toPipe.close();
        } catch (IOException e) {
            LOG.debug("the pipe was closed already", e);
        }
        try {
            stop.run();
        } finally {
            // Whatever fails at the end (such as a class of a jar that was replaced meanwhile), nobody waits for ever.
            ended.countDown();
        }
    }

    private void pass(byte[] line) throws IOException {
        if (line.length > LINE_BYTES_MAX) {
            out.parseError("a line of more than " + LINE_BYTES_MAX + " bytes");
            return;
        }
        String text = new String(line, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            return;
        }
        JsonNode message = parsed(text);
        if (message == null || !message.path("jsonrpc").asText().equals("2.0")) {
            out.parseError("a line that is not one JSON-RPC 2.0 message");
            return;
        }
        if (message.has("id") && message.has("method")) {
            out.expectOne();
        }
        toPipe.write(line);
        toPipe.write('\n');
        toPipe.flush();
    }

    private static @Nullable JsonNode parsed(String text) {
        try {
            JsonNode message = Json.read(text);
            return message.isObject() ? message : null;
        } catch (CountersignException e) {
            return null;
        }
    }

    /** The next line without its end, cut after the limit plus one byte; null at the end of input. */
    private byte @Nullable [] nextLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (line.size() <= LINE_BYTES_MAX) {
                line.write(next);
            }
            next = in.read();
        }
        return line.toByteArray();
    }

    private final class Running implements RunningMcp {
        private final Runnable stop;
        private final Thread pump;

        Running(Runnable stop, Thread pump) {
            this.stop = stop;
            this.pump = pump;
        }

        @Override
        public URI uri() {
            return URI.create("stdio:host");
        }

        @Override
        public void join() throws InterruptedException {
            ended.await();
        }

        @Override
        public void close() {
            pump.interrupt();
            end(stop);
        }
    }

    /** The host's output: whole lines only, and a count of the answers that are still due. */
    private static final class Answers extends OutputStream {
        private final OutputStream out;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        private int due;

        Answers(OutputStream out) {
            this.out = out;
        }

        synchronized void expectOne() {
            due++;
        }

        synchronized void drained(Duration limit) throws InterruptedException {
            long end = System.nanoTime() + limit.toNanos();
            while (due > 0) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }

        synchronized void parseError(String got) throws IOException {
            String error = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":"
                    + "\"expected one JSON-RPC 2.0 message a line, got " + got + "\"}}\n";
            out.write(error.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        @Override
        public synchronized void write(int b) throws IOException {
            line.write(b);
            if (b == '\n') {
                flushLine();
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                write(bytes[i]);
            }
        }

        private void flushLine() throws IOException {
            byte[] whole = line.toByteArray();
            line.reset();
            out.write(whole);
            out.flush();
            JsonNode message = parsed(new String(whole, StandardCharsets.UTF_8));
            if (message != null && message.has("id") && !message.has("method")) {
                due--;
                notifyAll();
            }
        }
    }
}
