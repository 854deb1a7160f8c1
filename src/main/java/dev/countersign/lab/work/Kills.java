package dev.countersign.lab.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.db.Database;
import dev.countersign.permit.RequestKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * W3, resuming in a new process what a killed one had parked, and W6, looking at what a process left that was killed when it
 * entered the tool. The children are this very program ({@link Child}); each ends before the next begins.
 */
public final class Kills {
    private static final int ENDS_WITHIN_SECONDS = 60;

    private final Ground ground;
    private final Children children;
    private final String reviewer;

    /** Starts this program as a child with those words after {@code bench child}; errors go to ours. */
    public interface Children {
        Process start(List<String> words) throws IOException;
    }

    /**
     * The two workloads.
     *
     * @param ground of the children as well
     * @param reviewer who decides at Permit
     */
    public Kills(Ground ground, Children children, String reviewer) {
        this.ground = ground;
        this.children = children;
        this.reviewer = reviewer;
    }

    /**
     * Parks, kills, has it approved and resumes that many times.
     *
     * @param warmUp how many others the new process parks and resumes before; 0 as the rivals'
     */
    public ObjectNode coldResume(int tries, int warmUp) throws IOException, InterruptedException {
        List<Double> cold = new ArrayList<>();
        List<Double> inner = new ArrayList<>();
        for (int i = 1; i <= tries; i++) {
            String[] parked = killed(List.of("park", "--number", String.valueOf(i)), Child.PARKED);
            if (warmUp == 0) {
                ground.permit().approve(RequestKind.OPERATION, parked[2], reviewer, null);
            }
            long began = System.nanoTime();
            List<String> words = new ArrayList<>(List.of("resume", "--number", String.valueOf(i)));
            words.addAll(List.of("--thread", parked[1], "--request", parked[2], "--warm-up", String.valueOf(warmUp)));
            Process child = children.start(words);
            try (BufferedReader said = child.inputReader()) {
                String line = said.readLine();
                double took = (System.nanoTime() - began) / 1e6;
                if (line != null && line.startsWith(Child.DONE)) {
                    cold.add(took);
                    inner.add(Double.valueOf(line.split(" ")[1]));
                }
                end(child);
            }
        }
        Figures figures = new Figures("countersign", "W3", ground.mode())
                .put("tries", tries)
                .put("warm_up", warmUp)
                .put("lost", tries - cold.size());
        if (!cold.isEmpty()) {
            figures.put("cold_ms_p50", Gauge.quantile(cold, 0.5))
                    .put("cold_ms_min", Gauge.quantile(cold, 0))
                    .put("cold_ms_max", Gauge.quantile(cold, 1))
                    .put("first_resume_ms_p50", Gauge.quantile(inner, 0.5));
        }
        return figures.line();
    }

    /** Kills that many processes when they enter the tool, and counts what they left. */
    public ObjectNode midStep(int tries) throws IOException, InterruptedException {
        int whole = 0;
        int messageOnly = 0;
        int gone = 0;
        for (int i = 1; i <= tries; i++) {
            String thread = killed(List.of("crash", "--number", String.valueOf(i)), Child.AT_TOOL)[1];
            switch (messages(thread)) {
                case 2 -> whole++;
                case 1 -> messageOnly++;
                default -> gone++;
            }
        }
        return new Figures("countersign", "W6", ground.mode())
                .put("tries", tries)
                .put("model_step_durable", whole)
                .put("pending_write_only", 0)
                .put("model_step_lost", messageOnly)
                .put("thread_lost", gone)
                .line();
    }

    /** What is stored, read without a runtime, which would carry on with the turn; a message that was only accepted counts. */
    private int messages(String thread) {
        try (Database database = ground.store().open()) {
            return ground.ports(database)
                    .threads()
                    .find(thread)
                    .map(row -> row.messages() == 0 && row.eventsAccepted() == 1 ? 1 : row.messages())
                    .orElse(0);
        }
    }

    /** Starts a child, waits for the word and kills the process the moment it is said; returns the line's words. */
    private String[] killed(List<String> words, String awaited) throws IOException, InterruptedException {
        Process child = children.start(words);
        try (BufferedReader said = child.inputReader()) {
            String line = said.readLine();
            child.destroyForcibly();
            end(child);
            if (line == null || !line.startsWith(awaited)) {
                throw new IllegalStateException("expected a child to say " + awaited + ", it said " + line);
            }
            return line.split(" ");
        }
    }

    private static void end(Process child) throws InterruptedException {
        if (!child.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
            child.destroyForcibly();
            child.waitFor();
        }
    }
}
