package dev.countersign.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link NodeChild} as its parent holds it: told what to do, stopped and let go on, killed. Used by one thread at a time. */
final class NodeProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final Writer orders;
    private final Thread end;
    private final Path output;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private NodeProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread listener = new Thread(this::listen, "listens-to-" + process.pid());
        listener.setDaemon(true);
        listener.start();
        this.end = new Thread(process::destroyForcibly, "ends-" + process.pid());
        Runtime.getRuntime().addShutdownHook(end);
    }

    /** Starts one, which waits to be told something; what it has to tell besides goes into the file. */
    static NodeProcess start(Path output) {
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx200m",
                "-cp",
                System.getProperty("java.class.path"),
                NodeChild.class.getName());
        try {
            Files.createDirectories(output.toAbsolutePath().getParent());
            return new NodeProcess(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()))
                            .start(),
                    output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(NodeChild.DONE)) {
                    answers.add(line.substring(NodeChild.DONE.length()));
                }
            }
        } catch (IOException e) {
            answers.add("nothing any more: " + e.getMessage());
        }
    }

    /** Tells it to do something, and does not wait for it. */
    void tell(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("process " + process.pid() + " hears nothing; see " + output, e);
        }
    }

    /** Waits until it has done something of that name; what it did before is passed over. */
    void hear(String what) {
        try {
            String answer = "";
            while (!answer.equals(what)) {
                answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (answer == null) {
                    throw new IllegalStateException(
                            "process " + process.pid() + " never said that it did " + what + ":\n" + last());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The end of what it had to tell. */
    String last() {
        try {
            String all = Files.readString(output);
            return all.substring(Math.max(0, all.length() - 6_000));
        } catch (IOException e) {
            return "nothing is to be read: " + e.getMessage();
        }
    }

    /** Whether the whole of it stands still. */
    boolean isStopped() {
        try {
            String line = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
            return line.substring(line.lastIndexOf(')')).startsWith(") T");
        } catch (IOException e) {
            throw new UncheckedIOException("process " + process.pid() + " is gone; see " + output, e);
        }
    }

    /** Lets it go on where it was stopped. */
    void goOn() {
        signal("-CONT", process.pid());
        tell("go");
    }

    /** As a power switch would, stopped or not. */
    void kill() {
        try {
            var unused = process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void signal(String name, long pid) {
        try {
            int code = new ProcessBuilder("kill", name, String.valueOf(pid))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("could not send " + name + " to process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(end);
    }
}
