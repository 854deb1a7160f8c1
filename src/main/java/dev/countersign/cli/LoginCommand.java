package dev.countersign.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Logs in and keeps the token. */
@Command(name = "login", description = "Log in; the token is kept in a file that only you can read.")
final class LoginCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    LoginCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (Door door = server.door(shell)) {
            @Nullable String user = server.user == null ? shell.ask("User: ") : server.user;
            if (user == null || user.isBlank()) {
                throw CliErrors.usage("expected a user name, got none; say --user NAME");
            }
            String name = user.strip();
            new ServerOptions.Credentials(door.name(), name, ServerOptions.password(shell, name))
                    .login(shell, Api.client(), door);
            shell.out().println("logged in as " + Style.line(name, 128));
        }
        return 0;
    }
}
