package dev.countersign.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands below the first word, in the order of the help. To know a command whole, each of its fields and methods has to be
 * looked at, and its class be loaded: for all of them that takes longer than most commands run. So those which the words do not
 * name are there with their name and description only.
 */
final class Subcommands {
    private final Map<String, Subcommand> byName = new LinkedHashMap<>();

    private record Subcommand(Class<?> type, Function<Shell, CommandLine> whole) {}

    Subcommands() {
        offer(DemoCommand.class, DemoCommand::new);
        offer(ServeCommand.class, ServeCommand::new);
        offer(LoginCommand.class, LoginCommand::new);
        offer(LogoutCommand.class, LogoutCommand::new);
        offer(ChatCommand.class, ChatCommand::new);
        offer(ThreadsCommand.class, ThreadsCommand::new);
        offer(ThreadCommand.class, ThreadCommand::new);
        offer(ApprovalsCommand.class, ApprovalsCommand::new);
        offer(JobsCommand.class, JobsCommand::new);
        offer(EffectsCommand.class, EffectsCommand::new);
        offer(LogCommand.class, LogCommand::new);
        offer(GateCommand.class, GateCommand::new);
        offer(GraphCommand.class, GraphCommand::new);
        offer(ReplayCommand.class, ReplayCommand::new);
        put(PolicyCommand.class, PolicyCommand::commandLine);
        offer(EvalCommand.class, EvalCommand::new);
        put(BenchCommand.class, Subcommands::bench);
        offer(SoakCommand.class, SoakCommand::new);
        offer(SoakToolsCommand.class, SoakToolsCommand::new);
        offer(McpCommand.class, McpCommand::new);
        offer(PermitEmulatorCommand.class, PermitEmulatorCommand::new);
        offer(PermitSetupCommand.class, PermitSetupCommand::new);
        offer(OrdersCommand.class, OrdersCommand::new);
        offer(UsersCommand.class, UsersCommand::new);
        offer(DoctorCommand.class, DoctorCommand::new);
        offer(RehearseCommand.class, RehearseCommand::new);
    }

    private <C> void offer(Class<C> type, Function<Shell, C> command) {
        put(type, shell -> new CommandLine(command.apply(shell)));
    }

    private void put(Class<?> type, Function<Shell, CommandLine> whole) {
        byName.put(about(type).name(), new Subcommand(type, whole));
    }

    private static CommandLine bench(Shell shell) {
        CommandLine bench = new CommandLine(new BenchCommand(shell))
                .addSubcommand(new BenchParkedCommand(shell))
                .addSubcommand(new BenchCommand.Decisions(shell))
                .addSubcommand(new BenchGrowthCommand(shell))
                .addSubcommand(new BenchLoadCommand(shell));
        BenchWorkCommand.addTo(bench, shell);
        return bench;
    }

    /** Adds them all to a line; those among {@code words} with all that they can do. */
    void addTo(CommandLine line, Shell shell, Iterable<String> words) {
        Map<String, CommandLine> named = new LinkedHashMap<>();
        byName.forEach((name, subcommand) -> named.put(name, outline(subcommand.type())));
        for (String word : words) {
            Subcommand subcommand = byName.get(word);
            if (subcommand != null) {
                named.put(word, subcommand.whole().apply(shell));
            }
        }
        named.forEach((name, command) -> line.addSubcommand(name, command));
    }

    private static CommandLine outline(Class<?> type) {
        Command about = about(type);
        CommandSpec outline = CommandSpec.create().name(about.name());
        outline.usageMessage().description(about.description()).hidden(about.hidden());
        return new CommandLine(outline);
    }

    private static Command about(Class<?> type) {
        Command about = type.getAnnotation(Command.class);
        if (about == null) {
            throw new IllegalArgumentException(type + " is no command");
        }
        return about;
    }
}
