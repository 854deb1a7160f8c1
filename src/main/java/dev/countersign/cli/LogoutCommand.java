package dev.countersign.cli;

import dev.countersign.core.CountersignException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a login at its server and forgets its tokens; the server need not answer for the latter. */
@Command(name = "logout", description = "Log out at the server, and forget the tokens that are kept here.")
final class LogoutCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    LogoutCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        server.requireSafe(shell);
        TokenFile tokens = new TokenFile(shell.config().store().stateDir());
        String name = Door.nameOf(shell, server.told());
        String user = server.user != null ? server.user : tokens.last(name).orElseThrow(CliErrors::notLoggedIn);
        boolean known = tokens.alone(() -> {
            Optional<String> refresh = tokens.refresh(name, user);
            refresh.ifPresent(this::endAtServer);
            return tokens.forget(name, user);
        });
        shell.out().println(known ? "logged out " + Style.line(user, 128) : "nobody of this name was logged in");
        return 0;
    }

    private void endAtServer(String refresh) {
        Door.running(shell, server.told()).ifPresent(url -> {
            try {
                Api.logout(Api.client(), url, refresh);
            } catch (CountersignException e) {
                shell.err()
                        .println(shell.style()
                                .dim("the server could not be told, there the login ends by itself: " + e.detail()));
            }
        });
    }
}
