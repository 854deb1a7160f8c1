package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.app.NewAgent;
import dev.countersign.app.RunningServer;
import dev.countersign.core.Json;
import dev.countersign.graph.Fit;
import dev.countersign.graph.Release;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether parked threads can go on in this program, with the agents that run or with one from a file: for whoever deploys. */
@Command(
        name = "gate",
        description =
                "Say of each parked thread whether it resumes in this program, with the agents that run or a new one.",
        footer = "Exit codes: 0 all resume, 1 some do not; others as everywhere.")
final class GateCommand implements Callable<Integer> {
    private static final int SOME_DO_NOT = 1;
    private static final int SAMPLE = 20;
    private static final int LINE_CHARS_MAX = 500;

    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = "--agent",
            paramLabel = "FILE",
            description = "an agent's file as it is to be; its servers are started here and asked for their tools")
    @Nullable
    Path agent;

    @Option(names = "--all", description = "print every thread, not only the first " + SAMPLE + " that do not resume")
    boolean all;

    @Option(names = "--json", description = "print JSON; with --all a line for each thread, and the sums last")
    boolean json;

    GateCommand(Shell shell) {
        this.shell = shell;
    }

    /** What is kept while the pages go by. */
    private static final class Sums {
        private final Map<Fit.Verdict, Long> counts = new EnumMap<>(Fit.Verdict.class);
        private final ArrayNode sample = Json.array();

        void add(JsonNode line) {
            Fit.Verdict verdict = Fit.Verdict.valueOf(line.path("verdict").asText());
            counts.merge(verdict, 1L, Long::sum);
            if (verdict != Fit.Verdict.RESUMES && sample.size() < SAMPLE) {
                sample.add(line);
            }
        }

        long count(Fit.Verdict verdict) {
            return counts.getOrDefault(verdict, 0L);
        }

        long total() {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }

        boolean allResume() {
            return total() == count(Fit.Verdict.RESUMES);
        }
    }

    @Override
    public Integer call() {
        ObjectNode plan = plan();
        Sums sums = new Sums();
        try (Door door = server.door(shell)) {
            String after = "";
            while (after != null) {
                JsonNode page = page(door, plan, after);
                page.path("lines").forEach(line -> {
                    sums.add(line);
                    if (all) {
                        shell.out().println(json ? Json.write(line) : words(line));
                    }
                });
                after = page.path("next").isTextual() ? page.path("next").asText() : null;
            }
        }
        tell(sums);
        return sums.allResume() ? 0 : SOME_DO_NOT;
    }

    private ObjectNode plan() {
        ObjectNode plan = Json.object().put("format", Release.Program.THIS.format());
        ArrayNode nodes = plan.putArray("nodes");
        Release.Program.THIS.nodes().forEach(nodes::add);
        if (agent != null) {
            NewAgent read = NewAgent.read(shell.config(), agent);
            plan.put("agent", read.name());
            plan.set("circumstances", Json.read(read.circumstances().json()));
        }
        return plan;
    }

    /** Each page is asked for with a token of its own, since a long report may outlive one. */
    private JsonNode page(Door door, ObjectNode plan, String after) {
        String token = RunningServer.operatorToken(shell.config().store());
        ObjectNode body = Json.object().put("after", after);
        body.set("plan", plan);
        return new Api(Api.client(), door.url(), token).post("/operator/gate", body);
    }

    private void tell(Sums sums) {
        if (json) {
            ObjectNode told = Json.object().put("threads", sums.total());
            for (Fit.Verdict verdict : Fit.Verdict.values()) {
                told.put(word(verdict), sums.count(verdict));
            }
            if (!all) {
                told.set("sample", sums.sample);
            }
            shell.out().println(Json.write(told));
            return;
        }
        if (!all) {
            sums.sample.forEach(line -> shell.out().println(words(line)));
        }
        StringBuilder line = new StringBuilder(sums.total() + " parked threads");
        for (Fit.Verdict verdict : Fit.Verdict.values()) {
            line.append(verdict == Fit.Verdict.RESUMES ? ": " : ", ")
                    .append(sums.count(verdict))
                    .append(' ')
                    .append(word(verdict).replace('_', ' '));
        }
        shell.out().println(line);
    }

    private static String words(JsonNode line) {
        StringBuilder reasons = new StringBuilder();
        line.path("reasons")
                .forEach(reason ->
                        reasons.append(reasons.length() == 0 ? ": " : "; ").append(reason.asText()));
        String verdict =
                word(Fit.Verdict.valueOf(line.path("verdict").asText())).replace('_', ' ');
        return Style.line(
                verdict + " " + line.path("thread").asText() + " ("
                        + line.path("agent").asText() + ", "
                        + line.path("owner").asText() + ")" + reasons,
                LINE_CHARS_MAX);
    }

    private static String word(Fit.Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
