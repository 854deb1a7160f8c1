package dev.countersign.cli;

import dev.countersign.app.EvalHost;
import dev.countersign.lab.Evaluation;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how well the configured model routes. */
@Command(
        name = "eval",
        description = "Measure how often the model picks the right tool with the right arguments; changes nothing.")
final class EvalCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(
            paramLabel = "FILE.tsv",
            description = "tab-separated: user, utterance, expected tool or -, expected arguments as JSON")
    Path file = Path.of("");

    @Option(names = "--agent", paramLabel = "NAME", description = "by default the first", defaultValue = "")
    String agent = "";

    EvalCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Evaluation.Report report = EvalHost.run(shell.config(), agent, file);
        report.lines().forEach(line -> shell.out().println(Style.harmless(line)));
        return 0;
    }
}
