package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Talks with an agent: line by line on a terminal, or the lines of a piped input one after the other. */
@Command(
        name = "chat",
        description = "Talk with an agent. Type exit to leave; the conversation stays and --thread takes it up again.")
final class ChatCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(names = "--agent", paramLabel = "NAME", description = "the agent to talk with; by default the first")
    @Nullable
    String agent;

    @Option(names = "--thread", paramLabel = "ID", description = "take up this conversation again")
    @Nullable
    String thread;

    ChatCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (Door door = server.door(shell)) {
            Login login = login(door);
            return shell.isTerminal() ? interactive(login) : piped(login);
        }
    }

    /** Asks for the password whenever a name is given, so that a script and a person meet the same questions. */
    private Login login(Door door) {
        TokenFile tokens = new TokenFile(shell.config().store().stateDir());
        Optional<String> last = tokens.last(door.name());
        if (server.user == null && last.isPresent()) {
            Api api = server.api(shell, door);
            // Renews a login that has run out, before the feed would be closed for it.
            var unused = api.get("/api/me");
            return new Login(api, null, door);
        }
        String user = server.user == null ? shell.ask("User: ") : server.user;
        if (user == null || user.isBlank()) {
            throw CliErrors.notLoggedIn();
        }
        ServerOptions.Credentials credentials =
                new ServerOptions.Credentials(door.name(), user.strip(), ServerOptions.password(shell, user.strip()));
        return new Login(credentials.login(shell, Api.client(), door), credentials, door);
    }

    /** A login that can be renewed when its password is known. */
    private final class Login implements ChatSession.Connector {
        private final ServerOptions.@Nullable Credentials credentials;
        private final Door door;
        private volatile Api api;

        Login(Api api, ServerOptions.@Nullable Credentials credentials, Door door) {
            this.api = api;
            this.door = door;
            this.credentials = credentials;
        }

        @Override
        public Feed open(boolean newLogin, String query, Consumer<JsonNode> listener) {
            if (newLogin && credentials != null) {
                api = credentials.login(shell, api.http(), door);
            } else if (newLogin && !api.renew()) {
                throw CliErrors.notLoggedIn();
            }
            return Feed.open(api, query, listener);
        }

        @Override
        public Api api() {
            return api;
        }
    }

    private ChatSession session(Login login, boolean progress, Consumer<String> printer) {
        String query = agent == null ? "" : "agent=" + Api.encode(agent);
        String resumed = thread == null ? null : ShortId.ofThread(thread, login.api());
        ChatSession session = new ChatSession(new ChatView(shell.style(), progress, printer), login, query, resumed);
        session.connect(false);
        return session;
    }

    private int piped(Login login) throws InterruptedException {
        try (ChatSession session = session(login, false, shell.out()::println)) {
            String line = shell.nextLine();
            while (line != null && !isFarewell(line)) {
                if (!line.isBlank()) {
                    session.say(line);
                }
                line = shell.nextLine();
            }
            farewell(session);
        }
        return 0;
    }

    private int interactive(Login login) throws IOException, InterruptedException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
            try (ChatSession session = session(login, true, reader::printAbove)) {
                shell.err().println(shell.style().dim("type exit to leave"));
                converse(reader, session);
                farewell(session);
            }
        }
        return 0;
    }

    private static void converse(LineReader reader, ChatSession session) throws InterruptedException {
        while (true) {
            try {
                String line = reader.readLine("You: ");
                if (isFarewell(line)) {
                    return;
                }
                if (!line.isBlank()) {
                    session.say(line);
                }
            } catch (UserInterruptException | EndOfFileException e) {
                return;
            }
        }
    }

    private static boolean isFarewell(String line) {
        return line.strip().equalsIgnoreCase("exit") || line.strip().equalsIgnoreCase("quit");
    }

    private void farewell(ChatSession session) {
        String known = session.thread();
        if (known != null) {
            shell.err().println(shell.style().dim("this conversation: countersign chat --thread " + known));
        }
    }
}
