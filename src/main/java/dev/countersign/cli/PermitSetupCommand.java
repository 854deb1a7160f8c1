package dev.countersign.cli;

import dev.countersign.app.PermitSetups;
import dev.countersign.permit.SetupChange;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a Permit environment to what an agent needs. */
@Command(
        name = "permit-setup",
        description = "Bring a Permit environment to what a file describes. Running it again changes nothing more.")
final class PermitSetupCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "FILE", description = "such as graphs/food-ordering.permit.yaml")
    Path file = Path.of("");

    @Option(names = "--dry-run", description = "say what would be changed, and change nothing")
    boolean dryRun;

    PermitSetupCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        List<SetupChange> changes = PermitSetups.apply(shell.config(), file, dryRun);
        changes.forEach(change -> shell.out().println(Style.harmless(change.toString())));
        shell.out().println(dryRun ? "nothing was changed (dry run)" : "done");
        return 0;
    }
}
