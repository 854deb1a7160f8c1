package dev.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What belongs to gates: who may call which tool, and what needs an approval. */
@Command(name = "policy", description = "Try another policy on recorded conversations before it is switched on.")
final class PolicyCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    static CommandLine commandLine(Shell shell) {
        return new CommandLine(new PolicyCommand()).addSubcommand(new PolicyTryCommand(shell));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
