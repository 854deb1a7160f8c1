package dev.countersign.lab.work;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operations took: wall and processor milliseconds of each, in order. Used by one thread. */
final class Gauge {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<Double> wall = new ArrayList<>();
    private final List<Double> processor = new ArrayList<>();

    /** What is measured. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    void measure(Work work) throws InterruptedException {
        long cpu = SYSTEM.getProcessCpuTime();
        long began = System.nanoTime();
        work.run();
        wall.add((System.nanoTime() - began) / 1e6);
        processor.add((SYSTEM.getProcessCpuTime() - cpu) / 1e6);
    }

    int count() {
        return wall.size();
    }

    double totalSeconds() {
        return wall.stream().mapToDouble(one -> one).sum() / 1e3;
    }

    /** Median wall milliseconds of operations {@code from} to {@code to}, from 1 and included; null when there were fewer. */
    @Nullable
    Double wall(int from, int to) {
        return has(from, to) ? quantile(wall.subList(from - 1, to), 0.5) : null;
    }

    /** Mean milliseconds on processors, of the whole process: the system counts them too coarsely for a median. */
    @Nullable
    Double processor(int from, int to) {
        return has(from, to)
                ? processor.subList(from - 1, to).stream()
                        .mapToDouble(one -> one)
                        .average()
                        .orElseThrow()
                : null;
    }

    private boolean has(int from, int to) {
        return from >= 1 && to <= wall.size();
    }

    /** All wall times, in order. */
    List<Double> wall() {
        return List.copyOf(wall);
    }

    /** Of all wall times. */
    double wallQuantile(double part) {
        return quantile(wall, part);
    }

    static double quantile(List<Double> values, double part) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, (int) Math.floor(part * sorted.size())));
    }

    /** The process's time on processors so far, in milliseconds. */
    static double processorMillis() {
        return SYSTEM.getProcessCpuTime() / 1e6;
    }

    /** Bytes on the heap after full collections. */
    static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Bytes of memory that the process holds, as the system sees it; 0 where the system does not say. */
    static long resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
