package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One conversation over a feed: says a message and waits for its turn to end. A turn that a decision set off is shown as it
 * comes and ends nobody's waiting. A lost connection is made anew for up to a minute, in the same thread, and what was missed
 * is shown; an expired login is renewed. {@link #say} is called by one thread.
 */
final class ChatSession implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 60;
    /** What a server takes; a larger message would end the connection rather than be answered. */
    private static final int TEXT_CHARS_MAX = 32_000;

    private static final int MESSAGE_BYTES_MAX = 64 * 1024;

    private static final int SHOWN_AT_RESUME = 10;
    private static final int LOGIN_OVER_CODE = 1008;

    private enum Signal {
        TURN_ENDED,
        LOGIN_OVER,
        LOST
    }

    private final ChatView view;
    private final Connector connector;
    private final String firstQuery;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> closing = new LinkedBlockingQueue<>();
    private final Executor background = work -> {
        Thread thread = new Thread(work, "chat-background");
        thread.setDaemon(true);
        thread.start();
    };
    private volatile @Nullable String thread;
    private volatile @Nullable Feed feed;
    private volatile long seen = -1;
    private volatile boolean lost;
    private volatile boolean loginOver;
    private volatile boolean unanswered;
    private long seenBefore = -1;
    private boolean resumedTurn;

    ChatSession(ChatView view, Connector connector, String agentQuery, @Nullable String thread) {
        this.view = view;
        this.connector = connector;
        this.firstQuery = agentQuery;
        this.thread = thread;
    }

    /** Makes connections. */
    interface Connector {
        /**
         * Opens a feed.
         *
         * @param newLogin whether to log in anew before
         */
        Feed open(boolean newLogin, String query, Consumer<JsonNode> listener);

        /** The server's interface under the login that holds now. */
        Api api();
    }

    /** Connects; throws when that fails at the first attempt. */
    void connect(boolean newLogin) {
        String known = thread;
        Feed old = feed;
        if (old != null) {
            old.close();
        }
        feed = connector.open(newLogin, known == null ? firstQuery : "thread=" + Api.encode(known), this::hear);
    }

    private void hear(JsonNode news) {
        String about = news.path("thread").asText("");
        if (!about.isEmpty()) {
            thread = about;
        }
        view.show(news);
        switch (news.path("type").asText()) {
            case "listening" -> background.execute(this::catchUp);
            case "resumed" -> resumedTurn = true;
            case "history_update" -> turnEnded(news);
            case "error" -> {
                // An error of a turn names its thread and is followed by the turn's end; a refusal is all there is.
                if (about.isEmpty()) {
                    signals.add(Signal.TURN_ENDED);
                }
            }
            case "closed" -> closed(news.path("code").asInt());
            default -> {
                // Everything else is on the way.
            }
        }
    }

    private void turnEnded(JsonNode news) {
        seen = Math.max(seen, news.at("/data/messages").asLong(seen));
        if (!resumedTurn) {
            signals.add(Signal.TURN_ENDED);
        }
        resumedTurn = false;
    }

    private void closed(int code) {
        resumedTurn = false;
        if (code == LOGIN_OVER_CODE) {
            loginOver = true;
            background.execute(this::renewLogin);
        } else {
            background.execute(this::reconnect);
        }
    }

    private void renewLogin() {
        try {
            ensureLogin();
        } catch (CountersignException e) {
            view.note(e.detail());
        }
        signals.add(Signal.LOGIN_OVER);
    }

    /** Connects under a new login when the old one is over; throws when there is no way to. */
    private synchronized void ensureLogin() {
        if (loginOver) {
            connect(true);
            loginOver = false;
        }
    }

    /** Whether the server has the message that was said last, though its answer did not arrive: then it is not said again. */
    private boolean taken() {
        String known = thread;
        if (known == null) {
            throw CliErrors.unreachable(
                    "the login ran out in mid-turn; countersign threads tells what was taken", null);
        }
        JsonNode now = connector.api().get("/api/threads/" + Api.encode(known));
        boolean running = now.path("status").asText().equals("RUNNING");
        boolean taken = running || now.path("messages").asLong() > seenBefore;
        if (taken && !running) {
            signals.add(Signal.TURN_ENDED);
        }
        return taken;
    }

    /** Tries once a second. The server may be starting anew; the thread is where it was. */
    private void reconnect() {
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                if (closing.poll(1, TimeUnit.SECONDS) != null) {
                    return;
                }
                if (connectedAgain()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        signals.add(Signal.LOST);
    }

    private boolean connectedAgain() {
        lost = true;
        try {
            connect(false);
        } catch (CountersignException e) {
            return false;
        }
        if (thread == null && unanswered) {
            // Said, and nobody can tell in which conversation: only the server knows.
            signals.add(Signal.LOST);
        }
        return true;
    }

    /** Shows what happened while nobody listened; if the thread rests, no turn's end will come any more. */
    private void catchUp() {
        String known = thread;
        if (known == null) {
            return;
        }
        try {
            Api api = connector.api();
            JsonNode now = api.get("/api/threads/" + Api.encode(known));
            long messages = now.path("messages").asLong();
            long from = seen >= 0 ? seen : Math.max(0, messages - SHOWN_AT_RESUME);
            api.get("/api/threads/" + Api.encode(known) + "/messages?after=" + from)
                    .path("messages")
                    .forEach(view::showEntry);
            seen = Math.max(seen, messages);
            if (lost && !now.path("status").asText().equals("RUNNING")) {
                signals.add(Signal.TURN_ENDED);
            }
            lost = false;
        } catch (CountersignException e) {
            view.note(e.detail());
        }
    }

    /** Says the message and returns when its turn has ended. */
    void say(String message) throws InterruptedException {
        if (message.length() > TEXT_CHARS_MAX) {
            view.refused("expected at most " + TEXT_CHARS_MAX + " characters, got " + message.length()
                    + "; this was not sent");
            return;
        }
        if (Feed.bytes(message) > MESSAGE_BYTES_MAX) {
            view.refused("expected at most " + MESSAGE_BYTES_MAX + " bytes, got " + Feed.bytes(message)
                    + "; this was not sent");
            return;
        }
        ensureLogin();
        signals.clear();
        unanswered = false;
        seenBefore = seen;
        send(message);
        while (true) {
            switch (signals.take()) {
                case TURN_ENDED -> {
                    unanswered = false;
                    return;
                }
                case LOGIN_OVER -> {
                    ensureLogin();
                    if (!taken()) {
                        signals.clear();
                        send(message);
                    }
                }
                case LOST ->
                    throw CliErrors.unreachable(
                            "the connection was lost; what the server had taken goes on there, see countersign threads",
                            null);
            }
        }
    }

    private void send(String message) throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Feed open = feed;
            if (open != null && open.say(message)) {
                unanswered = true;
                return;
            }
            if (closing.poll(1, TimeUnit.SECONDS) != null) {
                return;
            }
        }
        throw CliErrors.unreachable("the server does not answer any more", null);
    }

    /** The conversation's thread; null before the first message. */
    @Nullable
    String thread() {
        return thread;
    }

    @Override
    public void close() {
        closing.add(true);
        Feed open = feed;
        if (open != null) {
            open.close();
        }
    }
}
