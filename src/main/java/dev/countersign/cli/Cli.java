package dev.countersign.cli;

import dev.countersign.core.CountersignException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The command line as a whole. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 could not reach what it needs, 4 refused. Every
 * failure is one line of plain words on standard error.
 */
final class Cli {
    private static final int FAILED = 1;
    private static final int LINE_CHARS_MAX = 1500;

    private Cli() {}

    /** What stands at the top of the help. */
    @Command(
            name = "countersign",
            version = "countersign 0.1.0",
            mixinStandardHelpOptions = true,
            description = "AI agents whose sensitive tool calls wait, durably, for a human's decision in Permit.io.",
            footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 could not reach what it needs, 4 refused."})
    static final class Root implements Callable<Integer> {
        @Spec
        CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            spec.commandLine().usage(spec.commandLine().getErr());
            return CommandLine.ExitCode.USAGE;
        }
    }

    /** Runs a whole line of words, and returns the exit code. */
    static int execute(Shell shell, String... words) {
        CommandLine line = new CommandLine(new Root());
        new Subcommands().addTo(line, shell, List.of(words));
        return configured(line, shell).execute(words);
    }

    private static CommandLine configured(CommandLine line, Shell shell) {
        line.setOut(shell.out());
        line.setErr(shell.err());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.getSubcommands().values().forEach(Cli::withHelp);
        line.setExecutionExceptionHandler((failure, command, parsed) -> tell(failure, shell));
        return line;
    }

    private static void withHelp(CommandLine command) {
        if (!command.getCommandSpec().mixinStandardHelpOptions()) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
        }
        command.getSubcommands().values().forEach(Cli::withHelp);
    }

    private static int tell(Exception failure, Shell shell) {
        if (failure instanceof CountersignException known) {
            shell.err().println("countersign: " + Style.line(String.valueOf(known.getMessage()), LINE_CHARS_MAX));
            return known.code().kind().exitCode();
        }
        if (failure instanceof UncheckedIOException || failure instanceof IOException) {
            shell.err()
                    .println("countersign: [" + CliErrors.FILES.id() + "] " + Style.line(words(failure), LINE_CHARS_MAX)
                            + ". Check who may read and write there.");
            return CliErrors.FILES.kind().exitCode();
        }
        // Not a constant: the first logger settles where the lines go, and a command has to say so before.
        LoggerFactory.getLogger(Cli.class).atError().setCause(failure).log("a command failed");
        shell.err()
                .println("countersign: [CS-902] something unforeseen went wrong: "
                        + Style.line(failure.toString(), LINE_CHARS_MAX)
                        + ". To see where, run it again with COUNTERSIGN_JAVA_OPTS=-Dcountersign.log.file=FILE");
        return FAILED;
    }

    /** What was tried, and what the system said: a file's exception has often no more to say than the file's name. */
    private static String words(Exception failure) {
        Throwable cause = failure.getCause() instanceof IOException inner ? inner : failure;
        String said = cause.getClass().getSimpleName().replaceFirst("Exception$", "") + ": " + cause.getMessage();
        return cause == failure ? said : failure.getMessage() + " (" + said + ")";
    }
}
