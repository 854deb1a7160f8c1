package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.countersign.core.Json;
import dev.countersign.replay.Divergence;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.Forecast;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Replays;
import dev.countersign.replay.StrictReplay;
import dev.countersign.replay.Verdict;
import dev.countersign.replay.WhatIf;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs recorded conversations again in this process, with nobody there: from files, or as a server hands them out. Exit code 1
 * when one of them comes to something else than its record.
 */
@Command(
        name = "replay",
        description =
                "Run recorded conversations again from their records, without a tool or Permit, and see whether they"
                        + " come to the same.")
final class ReplayCommand implements Callable<Integer> {
    private static final int DIVERGED = 1;
    private static final String STRICT = "strict";
    private static final String WHAT_IF = "what-if";
    private static final String RE_ASK = "re-ask";

    private final Shell shell;

    /** Where conversations can be looked at, those that came from a server that stays. */
    private final Map<String, URI> places = new HashMap<>();

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = "--mode",
            paramLabel = "strict|what-if|re-ask",
            description =
                    "strict (the default): all of it from the record; what-if: with another agent's file, model or"
                            + " roles, the rest from the record; re-ask: for real, in a fork, with new approvals")
    String mode = STRICT;

    @ArgGroup(exclusive = false, heading = "With --mode what-if:%n")
    Supposing supposing = new Supposing();

    @Option(
            names = "--at",
            paramLabel = "STEP",
            description = "with --mode re-ask: from this step on; default: from the beginning")
    @Nullable
    Long step;

    @Option(names = "--json", description = "print JSON")
    boolean json;

    @Parameters(
            paramLabel = "ID|FILE",
            arity = "0..*",
            description =
                    "a conversation's id, or its first 8 characters or more; or a file that 'replay export' wrote, or"
                            + " a folder of such")
    List<String> given = new ArrayList<>();

    ReplayCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (given.isEmpty()) {
            throw CliErrors.usage("expected ids of conversations, or files that 'replay export' wrote, got nothing");
        }
        requireMode();
        if (mode.equals(RE_ASK)) {
            return reAsk();
        }
        List<Recording> recordings = new ArrayList<>();
        Recordings source = new Recordings(shell, server);
        source.each(given, recordings::add);
        places.putAll(source.places());
        return mode.equals(WHAT_IF) ? tellForecasts(recordings) : tell(Replays.of(recordings));
    }

    private void requireMode() {
        if (!List.of(STRICT, WHAT_IF, RE_ASK).contains(mode)) {
            throw CliErrors.usage(
                    "expected --mode to be strict, what-if or re-ask, got '" + Style.line(mode, 60) + "'");
        }
        if (!mode.equals(WHAT_IF) && supposing.isAnything()) {
            throw CliErrors.usage("expected --mode what-if with --agent, --model or --roles, got " + mode);
        }
        if (!mode.equals(RE_ASK) && step != null) {
            throw CliErrors.usage("expected --mode re-ask with --at, got " + mode);
        }
    }

    private int reAsk() throws InterruptedException {
        for (String one : given) {
            if (one.endsWith(".json") || Files.exists(Path.of(one))) {
                throw CliErrors.usage(
                        "expected ids of conversations with --mode re-ask, got a file: what is asked for real"
                                + " is asked at the server that has it");
            }
        }
        ArrayNode asked = Json.array();
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            for (String one : given) {
                asked.add(new ReAsk(shell, api, json).run(Recordings.of(api, one), step));
            }
        }
        if (json) {
            shell.out().println(Json.write(asked));
        }
        return 0;
    }

    private int tellForecasts(List<Recording> recordings) {
        List<Forecast> forecasts = new ArrayList<>();
        try (WhatIf whatIf = new WhatIf()) {
            recordings.forEach(recording -> forecasts.add(whatIf.run(recording, supposing.about(recording, shell))));
        }
        ForecastView view = new ForecastView(places);
        if (json) {
            shell.out().println(Json.write(view.json(forecasts)));
        } else {
            forecasts.forEach(
                    forecast -> view.lines(forecast).forEach(line -> shell.out().println(Style.harmless(line))));
        }
        return forecasts.stream().allMatch(Forecast::isEqual) ? 0 : DIVERGED;
    }

    private int tell(Replays.Outcome outcome) {
        if (json) {
            ArrayNode list = Json.array();
            outcome.verdicts().forEach(verdict -> list.add(Json.mapper().valueToTree(told(verdict))));
            shell.out().println(Json.write(list));
        } else {
            outcome.verdicts().forEach(this::print);
            shell.out().println(outcome.line());
        }
        return outcome.isEqual() ? 0 : DIVERGED;
    }

    /** A verdict as JSON has it. */
    private record Told(
            String thread,
            boolean equal,
            int turns,
            int messages,
            String digest,
            @Nullable Divergence divergence) {}

    private static Told told(Verdict verdict) {
        return new Told(
                verdict.thread(),
                verdict.isEqual(),
                verdict.turns(),
                verdict.messages(),
                verdict.digest(),
                verdict.divergence().orElse(null));
    }

    private void print(Verdict verdict) {
        String line = verdict.divergence()
                .map(divergence -> "diverged: " + divergence.line()
                        + ForecastView.link(places, divergence.thread(), divergence.step()))
                .orElseGet(() -> "equal: thread " + verdict.thread() + ", " + verdict.turns() + " turns, "
                        + verdict.messages() + " messages, digest " + verdict.digest());
        shell.out().println(Style.harmless(line));
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Write a conversation's record to a file that stands by itself.")
    int export(
            @Parameters(paramLabel = "ID", description = "the conversation's id, or its first 8 characters or more")
                    String id,
            @Option(
                            names = "--redact",
                            description = "put other words in place of every word of a person, model or tool")
                    boolean redact,
            @Option(names = "--out", paramLabel = "FILE", description = "write there; else it is printed") @Nullable
                    Path out)
            throws IOException {
        Recording recording;
        try (Door door = server.door(shell)) {
            recording = Recordings.of(server.api(shell, door), id);
        }
        String text = Fixture.write(redact ? redacted(recording) : recording, redact);
        if (out == null) {
            shell.out().println(text);
        } else {
            Files.writeString(out, text + "\n");
            shell.out()
                    .println(Style.harmless("written to " + out + ": thread "
                            + recording.thread().id() + ", " + recording.turns() + " turns"
                            + (redact ? ", redacted" : "")));
        }
        return 0;
    }

    private static Recording redacted(Recording recording) {
        try (StrictReplay replay = new StrictReplay()) {
            return replay.redacted(recording);
        }
    }
}
