package dev.countersign.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that talks to a server, and the way to it. */
final class ServerOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server to use; by default the one that runs on this store, or one of the command's own")
    @Nullable
    URI server;

    @Option(names = "--user", paramLabel = "NAME", description = "who acts; by default who logged in last")
    @Nullable
    String user;

    @Option(names = "--demo", description = "give a server of the command's own the demo family's logins")
    boolean demo;

    Door door(Shell shell) {
        return Door.open(shell, server, demo);
    }

    /** The server's interface in the name of whoever is logged in; asks for a password where that is possible. */
    Api api(Shell shell, Door door) {
        TokenFile tokens = new TokenFile(shell.config().store().stateDir());
        HttpClient http = Api.client();
        Optional<String> who = Optional.ofNullable(user).or(() -> tokens.last(door.name()));
        String name = who.orElseThrow(CliErrors::notLoggedIn);
        Optional<String> token = tokens.token(door.name(), name);
        if (token.isPresent()) {
            return new Api(http, door.url(), token.get());
        }
        if (!shell.isTerminal() && shell.config().client().password().value().isEmpty()) {
            throw CliErrors.notLoggedIn();
        }
        return new Credentials(door.name(), name, password(shell, name)).login(shell, http, door.url());
    }

    static String password(Shell shell, String user) {
        String typed = shell.password("Password for " + Style.line(user, 60) + ": ");
        if (typed == null) {
            throw CliErrors.usage("expected a password, got the end of the input; COUNTERSIGN_PASSWORD answers too");
        }
        return typed;
    }

    /**
     * What a login takes, kept in memory by a chat that may have to log in again.
     *
     * @param server under which name the token is kept
     */
    record Credentials(String server, String user, String password) {
        Api login(Shell shell, HttpClient http, URI url) {
            String token = Api.login(http, url, user, password);
            new TokenFile(shell.config().store().stateDir()).remember(server, user, token);
            return new Api(http, url, token);
        }

        /** Never shows the password. */
        @Override
        public String toString() {
            return "Credentials[" + user + " at " + server + "]";
        }
    }
}
