package dev.countersign.cli;

import dev.countersign.app.RunningServer;
import dev.countersign.core.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Logins, for whoever owns the state folder. */
@Command(name = "users", description = "Manage logins. Roles are not kept here; Permit has them.")
final class UsersCommand {
    private final Shell shell;

    UsersCommand(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Add a login. NAME is the user's key at Permit; the password is asked for.")
    int add(@Mixin ServerOptions server, @Parameters(paramLabel = "NAME") String name) {
        try (Door door = server.door(shell)) {
            String password = ServerOptions.password(shell, name);
            new Api(
                            Api.client(),
                            door.url(),
                            RunningServer.operatorToken(shell.config().store()))
                    .post("/operator/users", Json.object().put("user", name).put("password", password));
            shell.out().println("added " + Style.line(name, 128));
        }
        return 0;
    }
}
