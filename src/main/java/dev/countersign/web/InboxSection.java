package dev.countersign.web;

import dev.countersign.config.Durations;
import dev.countersign.core.Mark;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.Archive;
import dev.countersign.permit.PermitRequest;
import dev.countersign.server.Feed;
import dev.countersign.server.ReviewDesk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What waits for a reviewer, what they decided, and deciding. Permit says who may see and decide what, at each request. */
final class InboxSection implements Section {
    private static final String NAME = "inbox";
    private static final int CARDS = 50;
    private static final int PAST = 50;
    private static final int WORDS_MAX = 6;
    private static final int COMMENT_CHARS_MAX = 2_000;
    private static final int WORD_CHARS_MAX = 20;
    private static final int IDS_CHARS_MAX = 20_000;
    private static final int DECIDED_MAX = 50;

    private final AgentRuntime runtime;
    private final ReviewDesk desk;
    private final Reviews reviews;
    private final NameBook names;

    InboxSection(Site site) {
        this.runtime = site.parts().runtime();
        this.desk = site.parts().desk();
        this.names = site.names();
        this.reviews = new Reviews(site);
    }

    @Override
    public Optional<Entry> entry() {
        return Optional.of(new Entry(NAME, "Inbox", "/inbox"));
    }

    @Override
    public void on(Site site) {
        site.get("/inbox", this::pending);
        site.get("/inbox/more", this::more);
        site.get("/inbox/history", this::history);
        site.get("/inbox/{id}/context", this::context);
        site.post("/inbox/decisions", this::decide);
        site.post("/inbox/extension", this::extend);
        site.feed("/inbox/events", this::follow);
    }

    /**
     * A part of the list.
     *
     * @param next the card it goes on after; null at the end
     * @param left how many cards come after this part
     */
    record Cards(List<InboxCard> cards, @Nullable InboxCard next, int left) {}

    /** The page. */
    record Pending(int waiting, Cards cards) {}

    /** What one decided, in pages. */
    record History(List<Past> past, @Nullable Mark next) {}

    /** A decision of the past. */
    record Past(
            String title,
            String outcome,
            String colour,
            @Nullable String comment,
            Instant at) {}

    /** The last words before a request. */
    record Excerpt(List<Said> words) {}

    /** Somebody's words. */
    record Said(String by, String text) {}

    private void pending(Visit visit) {
        Map<String, List<PermitRequest>> waiting = reviews.waiting(visit.who());
        visit.page(NAME, "Inbox", NAME, new Pending(waiting.size(), cards(visit, waiting, Instant.MIN, "")));
    }

    private void more(Visit visit) {
        Instant after = Instant.ofEpochMilli(visit.number("at", 0));
        visit.piece("cards", cards(visit, reviews.waiting(visit.who()), after, visit.query("id")));
    }

    /** The list begins with its oldest, so what comes is at its end. */
    private Cards cards(Visit visit, Map<String, List<PermitRequest>> waiting, Instant after, String id) {
        List<List<PermitRequest>> rest = waiting.values().stream()
                .filter(same -> isAfter(same.get(0), after, id))
                .toList();
        List<InboxCard> cards = reviews.cards(visit.who(), rest.subList(0, Math.min(CARDS, rest.size())));
        int left = rest.size() - cards.size();
        return new Cards(cards, left == 0 ? null : cards.get(cards.size() - 1), left);
    }

    private static boolean isAfter(PermitRequest oldest, Instant after, String id) {
        int order = Long.compare(oldest.createdAt().toEpochMilli(), millis(after));
        return order > 0 || (order == 0 && oldest.id().compareTo(id) > 0);
    }

    private static long millis(Instant at) {
        return at.equals(Instant.MIN) ? Long.MIN_VALUE : at.toEpochMilli();
    }

    private void history(Visit visit) {
        long at = visit.number("at", 0);
        Mark after = at == 0 ? Mark.NEWEST : new Mark(at, visit.query("id"));
        Archive.Page<ApprovalView> page = runtime.archive().decidedBy(visit.who(), new Archive.Slice(after, PAST));
        List<Past> past = page.items().stream().map(this::past).toList();
        visit.page("history", "What you decided", NAME, new History(past, page.next()));
    }

    private Past past(ApprovalView approval) {
        Instant decided = approval.decidedAt();
        boolean denied = approval.state().equals("denied");
        return new Past(
                names.user(approval.requester()) + ": " + Asked.of(approval, names),
                denied ? "denied" : "approved",
                denied ? "bad" : "good",
                approval.comment(),
                decided == null ? approval.createdAt() : decided);
    }

    /** For whoever Permit shows the request, and nobody else. */
    private void context(Visit visit) {
        String id = visit.path("id");
        ApprovalView ours = desk.shown(visit.who(), id).isPresent() ? runtime.approvalByRequest(id) : null;
        List<Said> words = new ArrayList<>();
        if (ours != null) {
            for (AgentRuntime.Entry entry : runtime.archive().before(ours, WORDS_MAX)) {
                words.add(new Said(entry.role().equals("user") ? names.user(ours.requester()) : "Agent", entry.text()));
            }
        }
        visit.piece("excerpt", new Excerpt(words));
    }

    /** Cards are parted by spaces, and the requests of one card by commas. */
    private static List<List<String>> chosen(Visit visit) {
        List<List<String>> cards = new ArrayList<>();
        for (String field : visit.fields("id", DECIDED_MAX)) {
            for (String card : field.strip().split("\\s+", -1)) {
                List<String> ids = List.of(card.split(",", -1));
                if (!card.isEmpty()) {
                    cards.add(ids);
                }
            }
        }
        int requests = cards.stream().mapToInt(List::size).sum();
        if (requests == 0 || cards.size() > DECIDED_MAX || String.valueOf(cards).length() > IDS_CHARS_MAX) {
            throw WebErrors.badForm("choose between 1 and " + DECIDED_MAX + " requests to decide on");
        }
        return cards;
    }

    private void decide(Visit visit) {
        String decision = visit.field("decision", WORD_CHARS_MAX);
        if (!decision.equals("approve") && !decision.equals("deny")) {
            throw WebErrors.badForm("choose to approve or to deny");
        }
        String comment =
                visit.field("comment", COMMENT_CHARS_MAX).replace("\r\n", "\n").strip();
        if (decision.equals("deny") && comment.isEmpty()) {
            throw WebErrors.badForm("say why you deny it: the agent tells whoever asked");
        }
        Deciding deciding = new Deciding(reviews, visit.who(), decision.equals("approve"), comment);
        chosen(visit).forEach(deciding::on);
        visit.patch(visit.rendered("decided", deciding.outcome()));
    }

    private void extend(Visit visit) {
        String by = visit.field("by", WORD_CHARS_MAX);
        List<String> ids = chosen(visit).get(0);
        for (String id : ids) {
            PermitRequest request = desk.toExtend(visit.who(), id);
            runtime.extend(
                    visit.who(),
                    request.id(),
                    Durations.parse(by).orElseThrow(() -> WebErrors.badForm("choose how much more time there is")));
        }
        List<PermitRequest> same = new ArrayList<>();
        ids.forEach(id -> desk.shown(visit.who(), id).ifPresent(same::add));
        visit.patch(same.isEmpty() ? "" : visit.rendered("card", reviews.card(visit.who(), same)));
    }

    private Function<Feed.Client, Feed> follow(Visit visit) {
        return client -> new ReviewFeed(client, visit.pen(), reviews);
    }
}
