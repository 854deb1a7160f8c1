package dev.countersign.crash;

import dev.countersign.config.StoreConfig;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends child processes on their errands, one process at a time. The one that ends a broken story begins the next, so that each
 * halt costs one process and not two. What goes wrong is kept with the errand's name.
 */
final class Lane {
    private static final long CHILD_SECONDS = 150;
    private static final int TAIL = 6_000;

    final List<String> complaints = new ArrayList<>();
    private final Path folder;
    private int number;

    /** Where a story is told. */
    enum On {
        H2,
        POSTGRESQL,
        /** H2 over a disk that forgets what was not forced. */
        CUT
    }

    /** A halt to be made. */
    record Halt(Boundary at, int occurrence, On on, StoreConfig.Durability durability) {
        Halt(Boundary at, int occurrence, On on) {
            this(at, occurrence, on, StoreConfig.Durability.FSYNC);
        }
    }

    /** A story under way, and the Permit that it is told at. */
    private record Open(Errand errand, EmulatorServer permit, Inspection.Doubt doubt) {}

    Lane(Path folder) {
        this.folder = folder;
    }

    /** Makes each halt, and lets each story come to its end. */
    void run(List<Halt> halts) {
        Open before = null;
        for (Halt halt : halts) {
            Open now = open(halt);
            List<Errand> errands = new ArrayList<>();
            if (before != null) {
                errands.add(before.errand().toTheEnd());
            }
            errands.add(now.errand());
            int exit = send(errands);
            if (exit != Trip.HALTED) {
                complaints.add(now.errand() + ": expected a halt, got exit " + exit + tail(now));
            }
            if (before != null) {
                inspect(before);
            }
            before = now;
        }
        if (before != null) {
            send(List.of(before.errand().toTheEnd()));
            inspect(before);
        }
    }

    /** Tells one story without a halt and gives its ledger of passed boundaries. */
    List<String> dryRun(On on) {
        Open open = open(new Halt(Boundary.AFTER_THREAD_COMMIT, 1, on));
        send(List.of(open.errand().toTheEnd()));
        inspect(open);
        return open.errand().passed().lines();
    }

    private Open open(Halt halt) {
        try {
            Path own = Files.createDirectories(folder.resolve("s" + ++number));
            EmulatorServer permit = EmulatorServer.start(EmulatorConfig.inMemory(Errand.KEY, Clock.systemUTC()));
            StoreConfig store =
                    halt.on() == On.POSTGRESQL ? Stores.postgres(own, PostgresServer.shared()) : Stores.h2(own);
            boolean cut = halt.on() == On.CUT;
            return new Open(
                    new Errand(
                            own,
                            cut ? store.url().replace("jdbc:h2:file:", "jdbc:h2:cut:") : store.url(),
                            store.user(),
                            halt.durability(),
                            permit.url(),
                            Optional.of(halt.at()),
                            halt.occurrence()),
                    permit,
                    doubt(halt));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The third effect is of a tool that may be repeated. A lost cache may take an outcome with it, or a dispatch. */
    private static Inspection.Doubt doubt(Halt halt) {
        boolean forgetful = halt.on() == On.CUT;
        if (!halt.at().isAmbiguous() || halt.occurrence() > 2) {
            return forgetful ? Inspection.Doubt.AT_MOST_ONE : Inspection.Doubt.NONE;
        }
        boolean forgotten =
                halt.at() == Boundary.AFTER_DISPATCH_COMMIT || halt.at() == Boundary.BEFORE_DISPATCH_BARRIER;
        return forgetful && forgotten ? Inspection.Doubt.AT_MOST_ONE : Inspection.Doubt.ONE;
    }

    private static int send(List<Errand> errands) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx160m",
                "-cp",
                System.getProperty("java.class.path"),
                CrashChild.class.getName()));
        errands.forEach(errand -> command.add(errand.line()));
        Path output = errands.get(errands.size() - 1).folder().resolve("output");
        try {
            Process child = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            if (!child.waitFor(CHILD_SECONDS, TimeUnit.SECONDS)) {
                child.destroyForcibly().waitFor();
                return -1;
            }
            return child.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void inspect(Open story) {
        try (EmulatorServer permit = story.permit()) {
            if (story.errand().passed().has("end")) {
                for (String complaint : new Inspection(story.errand(), story.doubt()).complaints()) {
                    complaints.add(story.errand() + ": " + complaint);
                }
            } else {
                complaints.add(story.errand() + ": the story did not come to its end; Permit was asked "
                        + permit.requestLog().all().size() + " times" + tail(story));
            }
        }
    }

    private String tail(Open story) {
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(folder)) {
            for (Path own : files.sorted().toList()) {
                Path output = own.resolve("output");
                int near = Integer.parseInt(String.valueOf(own.getFileName()).substring(1));
                int mine = Integer.parseInt(
                        String.valueOf(story.errand().folder().getFileName()).substring(1));
                if (Files.exists(output) && (near == mine || near == mine + 1)) {
                    String all = Files.readString(output);
                    text.append("\n  ").append(own.getFileName()).append(" wrote: ");
                    text.append(all.substring(Math.max(0, all.length() - TAIL)));
                }
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
