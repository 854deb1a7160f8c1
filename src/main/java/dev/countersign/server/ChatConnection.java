package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.account.LoginTokens;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Archive;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One person's live feed of one thread: messages go in, news comes out. The thread is opened by the first message, unless
 * the connection resumed one. What the client claims of the history is not read. The login is proven anew at each message and
 * before each piece of news. {@link #say} is called by one thread at a time; news may arrive on any.
 */
final class ChatConnection implements Neighbours.Follower, AutoCloseable {
    static final int POLICY_VIOLATION = 1008;

    private final AgentRuntime runtime;
    private final Supplier<LoginTokens.Login> login;
    private final Principal owner;
    private final String agent;
    private final ClientQueue queue;
    private final Preview preview = new Preview();
    private final List<AgentRuntime.Live> meanwhile = new ArrayList<>();
    private final Heard heard = new Heard();
    private volatile @Nullable String thread;
    private AgentRuntime.@Nullable Subscription subscription;
    private @Nullable Missed missed;
    private boolean catchingUp;
    private boolean closed;

    /**
     * Starts listening when it resumes a thread.
     *
     * @param login proves the login; throws when it is no longer valid
     * @param agent the agent of a new thread
     */
    ChatConnection(
            AgentRuntime runtime, Supplier<LoginTokens.Login> login, String agent, Resumed resumed, ClientQueue queue) {
        this.runtime = runtime;
        this.login = login;
        this.owner = login.get().principal();
        this.agent = agent;
        this.queue = queue;
        String known = resumed.thread();
        if (known != null) {
            resume(known, resumed.after());
        }
    }

    /** Listens first and looks then, so that nothing falls in between; what came twice is told once. */
    private void resume(String threadId, @Nullable Long after) {
        synchronized (meanwhile) {
            catchingUp = after != null;
        }
        follow(threadId);
        if (after != null) {
            heard.upTo(after);
            catchUp(Missed.since(runtime, owner, threadId, after));
        }
        AgentRuntime.ThreadView now = runtime.thread(owner, threadId);
        if (after == null) {
            heard.begins(now.messages(), now.status() != ThreadStatus.RUNNING);
        }
        ObjectNode standing = Missed.standing(now);
        // Whoever comes back reads the transcript after this line, and has missed nothing.
        queue.offer(() -> {
            ObjectNode line = Json.object().put("type", "listening").put("content", "");
            return Json.write(line.put("thread", threadId).set("data", standing));
        });
    }

    @Override
    public @Nullable String thread() {
        return thread;
    }

    /** Another node has run the thread: what it did is told from the store, as to a client that was away. */
    @Override
    public void look(Archive.Standing now) {
        if (!heard.isBehind(now)) {
            return;
        }
        synchronized (meanwhile) {
            if (catchingUp) {
                return;
            }
            catchingUp = true;
        }
        Missed found = new Missed(0, false, List.of());
        try {
            found = Missed.since(runtime, owner, now.thread(), heard.messages(), heard.ended());
        } finally {
            catchUp(found);
        }
    }

    private void catchUp(Missed found) {
        found.lines().forEach(this::tell);
        heard.begins(found.upTo(), found.rested());
        List<AgentRuntime.Live> since;
        synchronized (meanwhile) {
            Missed before = missed;
            // What was told before stays told when a look has found nothing.
            missed = before != null && before.upTo() > found.upTo() ? before : found;
            since = List.copyOf(meanwhile);
            meanwhile.clear();
            since.stream().filter(news -> !found.tells(news)).forEach(this::tell);
            catchingUp = false;
        }
    }

    private void follow(String threadId) {
        thread = threadId;
        subscription = runtime.listen(owner, threadId, this::hear);
    }

    /** Takes one message of the client's; what is wrong with it is answered with {@code error}. */
    synchronized void say(String received) {
        if (!stillLoggedIn()) {
            return;
        }
        try {
            String text = Wire.text(Wire.object(received), "message", ThreadRoutes.TEXT_CHARS_MAX);
            runtime.send(owner, threadFor(text), text);
        } catch (CountersignException e) {
            queue.offer(() -> line("error", Problem.of(e).words(), null));
        } catch (RuntimeException e) {
            Problem problem = Problem.of(e);
            queue.offer(() -> line("error", problem.words(), null));
        }
    }

    private boolean stillLoggedIn() {
        try {
            return login.get().principal().equals(owner);
        } catch (CountersignException e) {
            queue.close(POLICY_VIOLATION, e.detail());
            return false;
        }
    }

    private String threadFor(String firstMessage) {
        String known = thread;
        if (known != null) {
            return known;
        }
        String opened =
                runtime.open(owner, agent, ThreadKind.CHAT, title(firstMessage)).id();
        follow(opened);
        return opened;
    }

    private static String title(String firstMessage) {
        String line = firstMessage.strip().lines().findFirst().orElse("");
        return line.length() <= 80 ? line : line.substring(0, 79) + "…";
    }

    private void hear(AgentRuntime.Live news) {
        synchronized (meanwhile) {
            if (catchingUp) {
                if (meanwhile.size() < ClientQueue.WAITING_MAX) {
                    meanwhile.add(news);
                }
                return;
            }
            Missed told = missed;
            if (told != null && told.tells(news)) {
                return;
            }
        }
        tell(news);
    }

    private void tell(AgentRuntime.Live news) {
        heard.told(news);
        if (news.kind() == AgentRuntime.Live.Kind.DELTA) {
            preview.add(news.text()).ifPresent(words -> queue.offer(() -> line("delta", words.get(), news)));
            return;
        }
        preview.seal();
        if (news.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
            offerToLoggedIn(() -> line("history_update", history(news.threadId()), news));
        } else {
            String type = news.kind().name().toLowerCase(Locale.ROOT);
            offerToLoggedIn(() -> line(type, news.text(), news));
        }
    }

    /** A login that has ended hears nothing any more. */
    private void offerToLoggedIn(Supplier<String> line) {
        queue.offer(() -> {
            var unused = login.get();
            return line.get();
        });
    }

    private JsonNode history(String threadId) {
        int messages = runtime.thread(owner, threadId).messages();
        int after = Math.max(0, messages - GuideHistory.ENTRIES_MAX);
        List<AgentRuntime.Entry> last = runtime.transcript(owner, threadId, after, GuideHistory.ENTRIES_MAX);
        return GuideHistory.of(last);
    }

    private static String line(String type, String content, AgentRuntime.@Nullable Live news) {
        return line(type, Json.mapper().getNodeFactory().textNode(content), news);
    }

    /** The guide's two fields, and for our own client the thread and what belongs to the news. */
    private static String line(String type, JsonNode content, AgentRuntime.@Nullable Live news) {
        ObjectNode line = Json.object().put("type", type);
        line.set("content", content);
        if (news != null) {
            line.put("thread", news.threadId());
            if (!news.data().isEmpty()) {
                line.set("data", news.data());
            }
        }
        return Json.write(line);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            queue.forget();
            if (subscription != null) {
                subscription.close();
            }
        }
    }
}
