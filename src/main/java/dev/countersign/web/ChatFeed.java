package dev.countersign.web;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.web.Conversation.Standing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as it goes on, in pieces of the chat's page. Its entries come in order, with the last one's position as the
 * event's id; requests and how the conversation stands come whenever they are not as they were told last. Words that are still
 * being given are told as {@code delta}, and taken back by {@code clear} when something else follows.
 */
final class ChatFeed extends PageFeed {
    private static final int PAGE = 20;
    private static final int PREVIEW_CHARS_MAX = 32_000;

    private final AgentRuntime runtime;
    private final Pen pen;
    private final Principal owner;
    private final String thread;
    private final Conversation conversation;
    private final Teller teller;
    private final Map<String, String> requestsTold = new HashMap<>();
    private final StringBuilder preview = new StringBuilder();
    private int previewed;
    private boolean previewVoid;
    private @Nullable String doing;
    private long told;
    private @Nullable ThreadLine lineTold;
    private @Nullable Standing standingTold;
    private AgentRuntime.@Nullable Subscription subscription;

    ChatFeed(Client client, Pen pen, Conversation conversation, ThreadView thread, long after) {
        super(client);
        this.runtime = pen.site().parts().runtime();
        this.pen = pen;
        this.owner = client.principal();
        this.thread = thread.id();
        this.conversation = conversation;
        this.told = after;
        this.teller = new Teller(conversation.agent(thread.agent()));
        // Calls whose results are still to come.
        long from = Math.max(0, after - PAGE);
        if (from < after) {
            runtime.transcript(owner, this.thread, from, (int) (after - from)).forEach(teller::tell);
        }
    }

    @Override
    public void start() {
        subscription = runtime.listen(owner, thread, this::hear);
        super.start();
    }

    private void hear(Live live) {
        synchronized (preview) {
            if (live.kind() == Live.Kind.DELTA) {
                if (preview.length() + live.text().length() <= PREVIEW_CHARS_MAX) {
                    preview.append(live.text());
                }
            } else {
                preview.setLength(0);
                previewVoid = true;
                doing = live.kind() == Live.Kind.STATUS ? live.text() : null;
            }
        }
        soon();
    }

    @Override
    protected void look() {
        if (stream().waiting() > 0) {
            return;
        }
        String words;
        boolean clear;
        String now;
        synchronized (preview) {
            words = preview.toString();
            preview.setLength(0);
            clear = previewVoid && previewed > 0;
            previewVoid = false;
            now = doing;
        }
        StringBuilder pieces = new StringBuilder();
        boolean all = entries(pieces);
        if (all) {
            requests(pieces);
            standing(pieces, now);
        }
        if (clear) {
            previewed = 0;
            stream().offer(null, "clear", "-");
        }
        patch(told, pieces);
        if (!words.isEmpty()) {
            previewed += words.length();
            stream().offer(null, "delta", words);
        }
    }

    /** What is new in the transcript, a page at a time; true when that was all. */
    private boolean entries(StringBuilder pieces) {
        List<Entry> entries = runtime.transcript(owner, thread, told, PAGE);
        for (Entry entry : entries) {
            told = entry.position();
            teller.tell(entry).forEach(item -> pieces.append(pen.piece("chatitem", item)));
        }
        return entries.size() < PAGE;
    }

    private void requests(StringBuilder pieces) {
        for (ChatItem.Request request : conversation.requests(thread)) {
            String version = request.card().version();
            if (!version.equals(requestsTold.put(request.id(), version))) {
                pieces.append(pen.piece("chatitem", request));
            }
        }
    }

    private void standing(StringBuilder pieces, @Nullable String now) {
        ThreadView view = conversation.thread(thread);
        Standing standing = Conversation.standing(view.status());
        if (standing.busy() && now != null && !now.isBlank()) {
            standing = new Standing(true, now);
        }
        if (!standing.equals(standingTold)) {
            standingTold = standing;
            pieces.append(pen.piece("standing", standing));
        }
        ThreadLine line = ThreadLine.of(view, true);
        if (lineTold == null || !line.mood().equals(lineTold.mood())) {
            lineTold = line;
            pieces.append(pen.piece("threadline", line));
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
