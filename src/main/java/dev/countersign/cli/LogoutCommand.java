package dev.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Forgets a token. */
@Command(name = "logout", description = "Forget the login token that is kept here.")
final class LogoutCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    LogoutCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        TokenFile tokens = new TokenFile(shell.config().store().stateDir());
        String name = Door.nameOf(shell, server.told());
        String user = server.user != null ? server.user : tokens.last(name).orElseThrow(CliErrors::notLoggedIn);
        boolean known = tokens.forget(name, user);
        shell.out().println(known ? "logged out " + Style.line(user, 128) : "nobody of this name was logged in");
        return 0;
    }
}
