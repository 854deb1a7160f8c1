package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.log.DecisionLog;
import dev.countersign.log.LogRow;
import dev.countersign.permit.PermitRequest;
import java.util.List;
import java.util.Optional;

/**
 * One's inbox: {@code mine} when an own request moves, {@code review} with the ids of what waits for one's decision when that list
 * changes. Own moves are read from the decision log, whose numbers are the events' ids, so that a client that comes back has
 * missed none; what waits for a decision Permit says, asked once for many changes.
 */
final class InboxFeed extends Feed {
    private static final int PAGE = 100;

    /** Between two questions to Permit, in beats of the log's watch. */
    private static final int REVIEW_TICKS = 20;

    private final AgentRuntime runtime;
    private final DecisionLog log;
    private final ReviewDesk desk;
    private long read;
    private boolean reviewDue = true;
    private int ticks = REVIEW_TICKS;
    private Optional<List<String>> pending = Optional.empty();

    InboxFeed(Client client, AgentRuntime runtime, DecisionLog log, ReviewDesk desk, long after) {
        super(client);
        this.runtime = runtime;
        this.log = log;
        this.desk = desk;
        this.read = after;
    }

    @Override
    protected boolean watchesLog() {
        return true;
    }

    @Override
    protected synchronized void tick(long head) {
        ticks++;
        if (head > read || reviewDue) {
            soon();
        }
    }

    @Override
    protected synchronized void look() {
        if (stream().waiting() > 0) {
            return;
        }
        List<LogRow> rows = log.page(read, PAGE).rows();
        for (LogRow row : rows) {
            read = row.seq();
            runtime.archive().approval(row.subject()).ifPresent(this::moved);
        }
        if (rows.size() < PAGE && reviewDue && ticks >= REVIEW_TICKS) {
            ticks = 0;
            reviewDue = false;
            review();
        }
    }

    private void moved(ApprovalView approval) {
        if (approval.requester().equals(principal().user())) {
            stream().offer(read, "mine", Wire.tree(approval));
        } else {
            reviewDue = true;
        }
    }

    private void review() {
        List<String> now =
                desk.toReview(principal()).stream().map(PermitRequest::id).toList();
        if (!pending.equals(Optional.of(now))) {
            pending = Optional.of(now);
            ObjectNode data = Json.object();
            ArrayNode ids = data.putArray("pending");
            now.forEach(ids::add);
            stream().offer(read, "review", data);
        }
    }
}
