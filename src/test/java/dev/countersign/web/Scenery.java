package dev.countersign.web;

import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.AgentView;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server as it may look after two weeks of a family's use. Whoever looks at the pages looks at this. */
final class Scenery {
    private static final String FOOD = "food-ordering";

    private final ServerFixture server;
    private final Instant now;
    private int rows;

    Scenery(ServerFixture server) {
        this.server = server;
        this.now = server.clock.instant();
    }

    /** On this server, whose clock is brought to the browser's. */
    static Scenery on(ServerFixture server) {
        server.runtime.agents.clear();
        server.runtime.agents.add(new AgentView(FOOD, "Family food ordering"));
        server.clock.advance(
                Duration.between(server.clock.instant(), Instant.now().minusSeconds(60)));
        return new Scenery(server);
    }

    /** What a job or a chat is known by, and how it stands. */
    private record Line(
            String id,
            String owner,
            ThreadKind kind,
            ThreadStatus status,
            String title,
            Duration age,
            @Nullable String waitingFor) {}

    private void put(Line line, List<ApprovalView> approvals) {
        Instant began = now.minus(line.age());
        server.runtime.put(
                new ThreadView(
                        line.id(),
                        line.owner(),
                        FOOD,
                        line.kind(),
                        line.status(),
                        line.title(),
                        6,
                        2,
                        line.status() == ThreadStatus.DONE
                                ? "Ordered: one Veggie Pizza from Pizza Palace, $9.49."
                                : null,
                        line.waitingFor(),
                        began,
                        began.plus(line.age().dividedBy(2))),
                List.of(),
                approvals);
    }

    private ApprovalView approval(String thread, String request, String state, Wish wish) {
        boolean open = state.equals("pending");
        Instant filed = now.minus(wish.age());
        return new ApprovalView(
                "approval-" + request,
                thread,
                request,
                wish.dish() == null ? "access" : "operation",
                state,
                wish.who(),
                FOOD,
                wish.dish() == null ? "create_access_request" : "order_dish",
                wish.dish() == null
                        ? Json.object()
                                .put("resource_instance", wish.restaurant())
                                .put("role", "child-can-view")
                        : Json.object().put("restaurant_id", wish.restaurant()).put("dish_name", wish.dish()),
                wish.why(),
                wish.restaurant(),
                wish.dish() == null ? null : "order_dish: " + wish.dish(),
                open ? null : "joe",
                open || state.equals("spent") ? null : "we had that on Friday; ask again next week",
                filed,
                filed.plus(Duration.ofDays(7)),
                open ? null : filed.plus(Duration.ofMinutes(20)));
    }

    /**
     * What somebody wants.
     *
     * @param dish null for access to the restaurant
     */
    private record Wish(String who, @Nullable String dish, String restaurant, String why, Duration age) {}

    /** Jobs in every state. */
    Scenery jobs() {
        Wish sushi = new Wish("henry", "Sushi Platter", "4", "grandma comes to dinner", Duration.ofHours(3));
        put(
                job(
                        "job-4",
                        ThreadStatus.NEEDS_ATTENTION,
                        "order Fries for the birthday party",
                        Duration.ofMinutes(9),
                        "an answer: whether order_dish took effect"),
                List.of());
        put(
                job(
                        "job-3",
                        ThreadStatus.PARKED,
                        "order a Sushi Platter for Sunday, ask if it is too expensive",
                        Duration.ofHours(3),
                        "approval of order_dish: Sushi Platter"),
                List.of(approval("job-3", "q1", "pending", sushi), approval("job-3", "q0", "denied", sushi)));
        put(
                job(
                        "job-2",
                        ThreadStatus.DONE,
                        "order a Veggie Pizza, for at most ten dollars",
                        Duration.ofDays(2),
                        null),
                List.of());
        put(
                job("job-1", ThreadStatus.CANCELED, "compare the menus of all restaurants", Duration.ofDays(5), null),
                List.of());
        return this;
    }

    private static Line job(String id, ThreadStatus status, String title, Duration age, @Nullable String waitingFor) {
        return new Line(id, "henry", ThreadKind.JOB, status, title, age, waitingFor);
    }

    /** What waits for a reviewer, some of it more than once, and what joe decided. */
    Scenery inbox() {
        pending("p1", new Wish("henry", null, "3", "it is my birthday", Duration.ofHours(5)));
        pending("p2", new Wish("rose", "Truffle Pasta", "3", "I have never tried truffles", Duration.ofMinutes(50)));
        pending("p3", new Wish("rose", "Truffle Pasta", "3", "I have never tried truffles", Duration.ofMinutes(40)));
        pending("p4", new Wish("henry", "Foie Gras", "3", "for grandma", Duration.ofMinutes(2)));
        put(
                new Line(
                        "t-past",
                        "henry",
                        ThreadKind.CHAT,
                        ThreadStatus.IDLE,
                        "the menu of Fancy French",
                        Duration.ofDays(1),
                        null),
                List.of(
                        approval(
                                "t-past",
                                "d1",
                                "denied",
                                new Wish("henry", "Escargot", "3", "because", Duration.ofHours(20))),
                        approval(
                                "t-past",
                                "d2",
                                "spent",
                                new Wish("henry", "Truffle Pasta", "3", "please", Duration.ofHours(26)))));
        return this;
    }

    private void pending(String id, Wish wish) {
        boolean access = wish.dish() == null;
        server.permit.filed(new PermitRequest(
                id,
                access ? RequestKind.ACCESS : RequestKind.OPERATION,
                RequestStatus.PENDING,
                "uuid-" + wish.who(),
                null,
                wish.restaurant(),
                access ? "child-can-view" : null,
                access ? null : "order_dish: " + wish.dish(),
                null,
                wish.why(),
                null,
                null,
                now.minus(wish.age()),
                null));
        put(
                new Line(
                        "t-" + id,
                        wish.who(),
                        ThreadKind.CHAT,
                        ThreadStatus.PARKED,
                        wish.why(),
                        wish.age(),
                        "a reviewer"),
                List.of(approval("t-" + id, id, "pending", wish)));
    }

    /** What an agent filed under this id, now in the store. */
    void filed(String id) {
        Wish wish = new Wish("henry", "Foie Gras", "3", "for grandma", Duration.ofSeconds(2));
        put(
                new Line("t-" + id, "henry", ThreadKind.CHAT, ThreadStatus.PARKED, "a wish", wish.age(), "a reviewer"),
                List.of(approval("t-" + id, id, "pending", wish)));
    }

    /** Calls of which nobody knows what became of them. */
    Scenery doubts() {
        doubt("ab12cd34", "Truffle Pasta", 1, "the connection closed before an answer came");
        doubt("ef56ab78", "Fries", 2, "no answer in 30 s");
        doubt("0912fe55", "Deluxe Burger", 1, "the server was killed while the call was under way");
        return this;
    }

    private void doubt(String id, String dish, int attempts, String evidence) {
        server.runtime.effects.add(new EffectView(
                id.repeat(8),
                "job-4",
                FOOD,
                "order " + dish + " for the birthday party",
                "unknown",
                "order_dish",
                Json.object().put("restaurant_id", "2").put("dish_name", dish),
                attempts,
                evidence,
                now.minusSeconds(700),
                now.minusSeconds(540L * attempts),
                null));
    }

    /** Two weeks of decisions, and some that wait. */
    Scenery decisions() {
        int[] minutes = {1, 4, 9, 25, 55, 130, 400, 900, 2_000};
        for (int i = 0; i < 64; i++) {
            Duration took = Duration.ofMinutes(minutes[i * 7 % minutes.length]);
            Instant at = now.minus(Duration.ofHours(5L * i));
            row(i % 4 == 1 ? "DENIED" : "SPENT", i % 3 == 0 ? "jane" : "joe", at.minus(took), at);
        }
        parkedThread();
        for (int hours : new int[] {0, 2, 5, 30, 80}) {
            row("PENDING", null, now.minus(Duration.ofHours(hours)), null);
        }
        return this;
    }

    /** The one that all these approvals are of. */
    private void parkedThread() {
        server.database.useTransaction(
                tx -> tx.createUpdate("""
                        INSERT INTO thread (id, owner, agent, kind, status, title, log_id, head, head_next, messages, tool_calls,
                            events_accepted, events_done, due, cancel_asked, fence, lease_owner, lease_until, created_at, updated_at)
                        VALUES ('t', 'henry', 'a', 'CHAT', 'PARKED', :title, 'l', 1, 'await', 0, 0, 0, 0, FALSE, FALSE, 0, '', 0, 0, 0)
                        """).bind("title", new byte[] {1}).execute());
    }

    private void row(String state, @Nullable String reviewer, Instant asked, @Nullable Instant decided) {
        server.database.useTransaction(tx -> tx.createUpdate("""
                        INSERT INTO approval (id, thread_id, filing_key, reference, kind, state, version, requester, agent, tool,
                            argument_digest, body, reviewer, created_at, deadline, next_check, decided_at)
                        VALUES (:id, 't', :key, 'r', 'ACCESS', :state, 0, 'henry', 'a', 'x', :key, :body, :reviewer, :asked, 0, 0,
                            :decided)
                        """)
                .bind("id", "row-" + ++rows)
                .bind("key", Digest.bytes(Digest.of("row-" + rows)))
                .bind("state", state)
                .bind("body", new byte[] {1})
                .bind("reviewer", reviewer)
                .bind("asked", asked.toEpochMilli())
                .bind("decided", decided == null ? null : decided.toEpochMilli())
                .execute());
    }
}
