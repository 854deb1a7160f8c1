package dev.countersign.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The options of every command that talks to a server, and the way to it. A command's subcommands inherit them, so that
 * {@code approvals --user joe approve ID} and {@code approvals approve ID --user joe} are one and the same: a name that is
 * taken and then left out would act as somebody else.
 */
final class ServerOptions {
    @Option(
            names = "--server",
            scope = CommandLine.ScopeType.INHERIT,
            paramLabel = "URL",
            description = "the server to use; by default the one that runs on this store, or one of the command's own")
    @Nullable
    URI server;

    @Option(
            names = "--user",
            scope = CommandLine.ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "who acts; by default who logged in last")
    @Nullable
    String user;

    @Option(
            names = "--demo",
            scope = CommandLine.ScopeType.INHERIT,
            description = "give a server of the command's own the demo family's logins")
    boolean demo;

    Door door(Shell shell) {
        return Door.open(shell, told(), demo);
    }

    /** The server that was named, if any; another word for a URL is a typing error, found before anything is asked. */
    @Nullable
    URI told() {
        URI named = server;
        if (named != null
                && (named.getHost() == null
                        || !("http".equals(named.getScheme()) || "https".equals(named.getScheme())))) {
            throw CliErrors.usage("expected --server to be a URL such as http://127.0.0.1:8000, got '"
                    + Style.line(named.toString(), 200) + "'");
        }
        return named;
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
            throw CliErrors.notLoggedIn(name);
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
