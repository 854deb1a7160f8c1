package dev.countersign.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The options of every command that talks to a server, and the way to it. A command's subcommands inherit them, so that
 * {@code approvals --user joe approve ID} and {@code approvals approve ID --user joe} are one and the same: a name that is
 * taken and then left out would act as somebody else.
 */
final class ServerOptions {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

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

    @Option(
            names = "--insecure-http",
            scope = CommandLine.ScopeType.INHERIT,
            description = "send passwords and tokens to another machine without encryption")
    boolean insecure;

    Door door(Shell shell) {
        requireSafe(shell);
        return Door.open(shell, told(), demo);
    }

    /** Passwords and tokens cross a network only encrypted, unless somebody says that they may be read there. */
    void requireSafe(Shell shell) {
        URI named = told();
        URI url = named != null ? named : shell.config().client().server().orElse(null);
        if (url != null && "http".equals(url.getScheme()) && !LOOPBACK.contains(url.getHost()) && !insecure) {
            throw CliErrors.usage("expected https:// for a server on another machine, got '"
                    + Style.line(url.toString(), 200) + "', where everybody on the way could read the password;"
                    + " --insecure-http sends it all the same");
        }
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
            return new Api(http, door.url(), token.get(), new Renewal(tokens, door, http, name));
        }
        if (!shell.isTerminal() && shell.config().client().password().value().isEmpty()) {
            throw CliErrors.notLoggedIn(name);
        }
        return new Credentials(door.name(), name, password(shell, name)).login(shell, http, door);
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
        Api login(Shell shell, HttpClient http, Door door) {
            Api.Tokens given = Api.login(http, door.url(), user, password);
            TokenFile tokens = new TokenFile(shell.config().store().stateDir());
            tokens.alone(() -> {
                tokens.remember(server, user, given);
                return given;
            });
            return new Api(http, door.url(), given.access(), new Renewal(tokens, door, http, user));
        }

        /** Never shows the password. */
        @Override
        public String toString() {
            return "Credentials[" + user + " at " + server + "]";
        }
    }
}
