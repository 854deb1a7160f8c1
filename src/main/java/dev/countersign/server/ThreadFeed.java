package dev.countersign.server;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.Live;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A thread as it goes on. Its messages come from the transcript, in order, each once, with its position as the event's id: a
 * client that comes back with the last one has missed nothing. What else happens is told beside them, and not again.
 */
final class ThreadFeed extends Feed {
    private static final int PAGE = 20;

    private final AgentRuntime runtime;
    private final String thread;
    private final Queue<Live> news = new ArrayDeque<>();
    private long told;
    private AgentRuntime.@Nullable Subscription subscription;

    ThreadFeed(Client client, AgentRuntime runtime, String thread, long after) {
        super(client);
        this.runtime = runtime;
        this.thread = thread;
        this.told = after;
    }

    /** Begins to listen, and with what is there already. */
    @Override
    public void start() {
        subscription = runtime.listen(principal(), thread, this::hear);
        super.start();
    }

    private void hear(Live live) {
        // Words and results stand in the transcript, and are told from there.
        boolean beside = live.kind() != Live.Kind.TEXT && live.kind() != Live.Kind.TOOL;
        synchronized (news) {
            if (beside && news.size() == EventStream.WAITING_MAX) {
                stream().drop();
            } else if (beside) {
                news.add(live);
            }
        }
        soon();
    }

    /** No more than a page waits for a client at a time: once that has left, the next is read. */
    @Override
    protected void look() {
        if (stream().waiting() > 0) {
            return;
        }
        List<Live> happened;
        synchronized (news) {
            happened = List.copyOf(news);
            news.clear();
        }
        List<Entry> entries = runtime.transcript(principal(), thread, told, PAGE);
        for (Entry entry : entries) {
            told = entry.position();
            stream().offer(told, "message", Wire.tree(entry));
        }
        for (Live live : happened) {
            String name = live.kind().name().toLowerCase(Locale.ROOT);
            stream().offer(null, name, Json.object().put("text", live.text()).set("data", live.data()));
        }
    }

    @Override
    public void close() {
        super.close();
        if (subscription != null) {
            subscription.close();
        }
    }
}
