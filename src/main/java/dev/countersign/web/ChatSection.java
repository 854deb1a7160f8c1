package dev.countersign.web;

import dev.countersign.core.Mark;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.AgentView;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.server.Feed;
import dev.countersign.thread.ThreadKind;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Conversations with agents: a list, the open one as it goes on, and a new one. */
final class ChatSection implements Section {
    private static final String NAME = "chat";
    private static final int TEXT_CHARS_MAX = 32_000;
    private static final int WORD_CHARS_MAX = 200;
    private static final int TITLE_CHARS_MAX = 80;
    private static final int LISTED = 50;
    private static final int LISTED_MAX = 1_000;

    private final AgentRuntime runtime;
    private final NameBook names;

    ChatSection(Site site) {
        this.runtime = site.parts().runtime();
        this.names = site.names();
    }

    @Override
    public Optional<Entry> entry() {
        return Optional.of(new Entry(NAME, "Chat", "/chat"));
    }

    @Override
    public void on(Site site) {
        site.get("/chat", this::begin);
        site.post("/chat", this::open);
        site.get("/chat/{id}", this::show);
        site.get("/chat/{id}/earlier", this::earlier);
        site.post("/chat/{id}/messages", this::say);
        site.post("/chat/{id}/withdraw", this::withdraw);
        site.feed("/chat/{id}/events", this::follow);
    }

    /**
     * The page.
     *
     * @param talk the open conversation; null for a new one
     * @param more how many the list would have next; 0 when these are all
     */
    record Page(
            List<ThreadLine> threads,
            int more,
            List<AgentView> agents,
            @Nullable Talk talk) {}

    /** The open conversation. */
    record Talk(String id, String title, String agent, Conversation.Stretch stretch, Conversation.Standing standing) {}

    /** Words that were taken and wait for their turn. */
    record Queued(String text) {}

    private Conversation of(Visit visit) {
        return new Conversation(runtime, names, visit.who());
    }

    private void begin(Visit visit) {
        page(visit, "Chat", null);
    }

    private void show(Visit visit) {
        Conversation conversation = of(visit);
        ThreadView thread = conversation.thread(visit.path("id"));
        Talk talk = new Talk(
                thread.id(),
                thread.title(),
                conversation.agent(thread.agent()),
                conversation.newest(thread),
                Conversation.standing(thread.status()));
        page(visit, thread.title(), talk);
    }

    private void page(Visit visit, String title, @Nullable Talk talk) {
        int listed = (int) Math.min(LISTED_MAX, Math.max(1, visit.number("list", LISTED)));
        Archive.Page<ThreadView> threads =
                runtime.archive().threads(visit.who(), ThreadKind.CHAT, new Archive.Slice(Mark.NEWEST, listed));
        List<ThreadLine> lines = threads.items().stream()
                .map(thread -> ThreadLine.of(thread, talk != null && thread.id().equals(talk.id())))
                .toList();
        int more = threads.next() == null || listed >= LISTED_MAX ? 0 : listed + LISTED;
        visit.page(NAME, title, NAME, new Page(lines, more, runtime.agents(), talk));
    }

    private void earlier(Visit visit) {
        Conversation conversation = of(visit);
        ThreadView thread = conversation.thread(visit.path("id"));
        visit.piece("stretch", conversation.before(thread, visit.number("before", 0)));
    }

    private static String said(Visit visit) {
        String text =
                visit.field("message", TEXT_CHARS_MAX).replace("\r\n", "\n").strip();
        if (text.isEmpty()) {
            throw WebErrors.badForm("there is nothing to send yet; write something first");
        }
        return text;
    }

    private void open(Visit visit) {
        String text = said(visit);
        String agent = visit.field("agent", WORD_CHARS_MAX);
        List<String> known = runtime.agents().stream().map(AgentView::name).toList();
        String chosen = known.contains(agent) || known.isEmpty() ? agent : known.get(0);
        String line = text.lines().findFirst().orElse("");
        ThreadView thread = runtime.open(visit.who(), chosen, ThreadKind.CHAT, Shown.cut(line, TITLE_CHARS_MAX));
        runtime.send(visit.who(), thread.id(), text);
        visit.seeOther("/chat/" + thread.id());
    }

    private void say(Visit visit) {
        String text = said(visit);
        String thread = visit.path("id");
        runtime.send(visit.who(), thread, text);
        if (visit.partial()) {
            visit.piece("queued", new Queued(text));
        } else {
            visit.seeOther("/chat/" + thread);
        }
    }

    private void withdraw(Visit visit) {
        ApprovalView approval = runtime.withdraw(visit.who(), visit.field("approval", WORD_CHARS_MAX));
        RequestCard card = RequestCard.of(approval, names);
        RequestCard now = card.open() ? card.leaving() : card;
        visit.patch(visit.rendered("chatitem", new ChatItem.Request("ap-" + approval.id(), approval.createdAt(), now)));
    }

    private Function<Feed.Client, Feed> follow(Visit visit) {
        Conversation conversation = of(visit);
        ThreadView thread = conversation.thread(visit.path("id"));
        long after = visit.resumeAfter();
        return client -> new ChatFeed(client, visit.pen(), conversation, thread, after);
    }
}
