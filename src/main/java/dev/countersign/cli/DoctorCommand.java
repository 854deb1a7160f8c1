package dev.countersign.cli;

import dev.countersign.app.Checkup;
import dev.countersign.permit.Finding;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Looks at every setting and connection, changes nothing, and says what to do. */
@Command(name = "doctor", description = "Check every setting and connection, and say what to do about each.")
final class DoctorCommand implements Callable<Integer> {
    private final Shell shell;

    DoctorCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        List<Finding> findings = Checkup.of(shell.config());
        findings.forEach(this::print);
        boolean failed = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.FAIL);
        shell.out().println(failed ? "something needs to be mended" : "all is well");
        return failed ? 1 : 0;
    }

    private void print(Finding finding) {
        Style style = shell.style();
        String mark = switch (finding.level()) {
            case OK -> style.green("ok  ");
            case WARN -> style.yellow("warn");
            case FAIL -> style.red("FAIL");
        };
        shell.out().println(mark + "  " + finding.what() + ": " + Style.line(finding.seen(), 400));
        if (!finding.advice().isEmpty()) {
            shell.out().println("      " + style.dim(Style.line(finding.advice(), 400)));
        }
    }
}
