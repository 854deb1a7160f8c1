package dev.countersign.approval;

import dev.countersign.log.DecisionLog;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Tells the decision log what becomes of approvals, in the transaction that makes it so. */
final class ApprovalLog {
    private final DecisionLog log;

    ApprovalLog(DecisionLog log) {
        this.log = log;
    }

    void begun(Handle tx, ApprovalStore.Filing filing) {
        Map<String, @Nullable String> facts = new HashMap<>();
        facts.put("kind", filing.wish().kind().name());
        facts.put("tool", filing.wish().tool());
        facts.put("arguments_digest", filing.argumentDigest());
        facts.put("reference", filing.reference());
        LogEntry.Place place = new LogEntry.Place(
                filing.thread().id(), filing.id(), filing.thread().owner());
        log.append(tx, LogEntry.of(LogKind.REQUEST_BEGUN, place, facts));
    }

    /** A reviewer's comment is a text and stays out. */
    void moved(Handle tx, Approval seen, Lifecycle.Move move, ApprovalStore.Facts facts) {
        String request = facts.requestId() == null ? seen.requestId() : facts.requestId();
        Map<String, @Nullable String> detail = new HashMap<>();
        detail.put("request", request);
        detail.put("requester", seen.requester());
        detail.put("tool", seen.wish().tool());
        detail.put("arguments_digest", seen.argumentDigest());
        LogEntry.Place place = new LogEntry.Place(seen.threadId(), seen.id(), actor(seen, move, facts));
        log.append(tx, LogEntry.of(kind(move), place, detail));
    }

    void extended(Handle tx, Approval seen, Instant deadline, String reviewer) {
        Map<String, @Nullable String> detail = new HashMap<>();
        detail.put("request", seen.requestId());
        detail.put("deadline", deadline.toString());
        log.append(tx, LogEntry.of(LogKind.EXTENDED, new LogEntry.Place(seen.threadId(), seen.id(), reviewer), detail));
    }

    private static @Nullable String actor(Approval seen, Lifecycle.Move move, ApprovalStore.Facts facts) {
        return switch (move) {
            case FILED, REFUSED -> seen.requester();
            case APPROVE, DENY, WITHDRAW, EXPIRE -> facts.reviewer();
            case RENOUNCE -> seen.requester();
            case SPEND -> null;
        };
    }

    private static LogKind kind(Lifecycle.Move move) {
        return switch (move) {
            case FILED -> LogKind.REQUEST_FILED;
            case REFUSED -> LogKind.REQUEST_REFUSED;
            case APPROVE -> LogKind.APPROVED;
            case DENY -> LogKind.DENIED;
            case WITHDRAW -> LogKind.WITHDRAWN;
            case EXPIRE -> LogKind.EXPIRED;
            case SPEND -> LogKind.SPENT;
            case RENOUNCE -> LogKind.RENOUNCED;
        };
    }
}
