package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.RunningServer;
import dev.countersign.core.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Logins, for whoever owns the state folder. */
@Command(name = "users", description = "Manage logins. Roles are not kept here; Permit has them.")
final class UsersCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    Listing listing = new Listing();

    UsersCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        return list();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the logins there are.")
    int list() {
        try (Door door = server.door(shell)) {
            JsonNode users = operator(door).get("/operator/users").path("users");
            listing.print(shell, users, "no logins yet", "user", "disabled", "created_at");
        }
        return 0;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Add a login. NAME is the user's key at Permit; the password is asked for.")
    int add(@Parameters(paramLabel = "NAME") String name) {
        try (Door door = server.door(shell)) {
            String password = ServerOptions.password(shell, name);
            operator(door)
                    .post("/operator/users", Json.object().put("user", name).put("password", password));
            shell.out().println("added " + Style.line(name, 128));
        }
        return 0;
    }

    @Command(
            name = "passwd",
            mixinStandardHelpOptions = true,
            description = "Give a login another password, which is asked for; it is logged out everywhere.")
    int passwd(@Parameters(paramLabel = "NAME") String name) {
        try (Door door = server.door(shell)) {
            String password = ServerOptions.password(shell, name);
            operator(door).post(path(name, "password"), Json.object().put("password", password));
            shell.out().println("changed the password of " + Style.line(name, 128));
        }
        return 0;
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Take a login away; it is logged out everywhere at once.")
    int disable(@Parameters(paramLabel = "NAME") String name) {
        return change(name, "disable", "disabled ");
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Give a login back.")
    int enable(@Parameters(paramLabel = "NAME") String name) {
        return change(name, "enable", "enabled ");
    }

    private int change(String name, String what, String done) {
        try (Door door = server.door(shell)) {
            operator(door).post(path(name, what), Json.object());
            shell.out().println(done + Style.line(name, 128));
        }
        return 0;
    }

    private static String path(String name, String what) {
        return "/operator/users/" + Api.encode(name) + "/" + what;
    }

    private Api operator(Door door) {
        return new Api(
                Api.client(),
                door.url(),
                RunningServer.operatorToken(shell.config().store()));
    }
}
