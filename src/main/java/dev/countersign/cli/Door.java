package dev.countersign.cli;

import dev.countersign.app.RunningServer;
import dev.countersign.app.ServerNote;
import dev.countersign.config.Config;
import dev.countersign.core.CountersignException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server a command talks to: the one it was told, else the one that runs on this store, else one of its own for as long
 * as the command lasts.
 */
final class Door implements AutoCloseable {
    private static final String LOCAL = "local";
    private static final String STORE_IN_USE = "CS-201";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final URI url;
    private final String name;
    private final @Nullable RunningServer own;

    private Door(URI url, String name, @Nullable RunningServer own) {
        this.url = url;
        this.name = name;
        this.own = own;
    }

    static Door open(Shell shell, @Nullable URI told, boolean demo) {
        Config config = shell.config();
        ServerNote note = new ServerNote(config.store().stateDir());
        Optional<URI> given = Optional.ofNullable(told).or(() -> config.client().server());
        if (given.isPresent()) {
            return new Door(given.get(), nameOf(note, given.get()), null);
        }
        return note.answering()
                .map(running -> new Door(running, LOCAL, null))
                .orElseGet(() -> ownOrAnothers(shell, note, demo));
    }

    /** Under which name the logins of that server are kept, or of the local one when none is told. */
    static String nameOf(Shell shell, @Nullable URI told) {
        ServerNote note = new ServerNote(shell.config().store().stateDir());
        return Optional.ofNullable(told)
                .or(() -> shell.config().client().server())
                .map(given -> nameOf(note, given))
                .orElse(LOCAL);
    }

    /** The server that a command would find running, if there is one. */
    static Optional<URI> running(Shell shell, @Nullable URI told) {
        return Optional.ofNullable(told)
                .or(() -> shell.config().client().server())
                .or(() -> new ServerNote(shell.config().store().stateDir()).answering());
    }

    private static String nameOf(ServerNote note, URI given) {
        boolean local = note.answering().filter(given::equals).isPresent();
        return local ? LOCAL : given.toString();
    }

    private static Door ownOrAnothers(Shell shell, ServerNote note, boolean demo) {
        try {
            RunningServer own = RunningServer.start(shell.config(), new RunningServer.Options(0, demo));
            shell.err()
                    .println(shell.style()
                            .dim("no server is running; this command runs one for as long as it lasts (" + own.about()
                                    + ")"));
            return new Door(own.url(), LOCAL, own);
        } catch (CountersignException e) {
            if (!e.code().id().equals(STORE_IN_USE)) {
                throw e;
            }
            // Somebody was faster; their server says where it is in a moment.
            URI theirs = note.answeringWithin(PATIENCE).orElseThrow(() -> e);
            return new Door(theirs, LOCAL, null);
        }
    }

    URI url() {
        return url;
    }

    /** Under which logins are kept: a server on this store is the same server wherever it listens. */
    String name() {
        return name;
    }

    /** Whether the server ends with this command. */
    boolean isOwn() {
        return own != null;
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
