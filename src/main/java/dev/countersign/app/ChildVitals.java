package dev.countersign.app;

import dev.countersign.lab.soak.Load;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Heap and CPU time of a Java process of ours; the heap is asked with the JDK's {@code jcmd}. Safe for use by many threads. */
final class ChildVitals implements Load.Vitals {
    /** The last line of a histogram of what is alive, for which all garbage is collected first: instances, then bytes. */
    private static final Pattern ALIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final LongSupplier pid;

    /**
     * @param pid of the process, once it runs
     */
    ChildVitals(LongSupplier pid) {
        this.pid = pid;
    }

    @Override
    public long heapAfterCollection() {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        ProcessBuilder ask = new ProcessBuilder(jcmd.toString(), Long.toString(pid.getAsLong()), "GC.class_histogram");
        try {
            Process asking = ask.redirectErrorStream(true).start();
            asking.getOutputStream().close();
            String told = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher alive = ALIVE.matcher(told);
            if (!alive.find()) {
                throw new IOException("expected a histogram from jcmd, got: "
                        + told.lines().findFirst().orElse(""));
            }
            return Long.parseLong(alive.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException("the server's heap could not be looked at", e);
        }
    }

    @Override
    public Duration cpu() {
        return ProcessHandle.of(pid.getAsLong())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
