package dev.countersign.approval;

import dev.countersign.db.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What approvals come to in figures. Every read is a stretch of one index and bounded: of very many, the newest are told, and it
 * is said that there are more. No text is read. Safe for use by many threads.
 */
public final class ApprovalFigures {
    /** The most of one age that are counted. */
    public static final int COUNTED_MAX = 10_000;

    /** The most decisions that are told. */
    public static final int DECISIONS_MAX = 20_000;

    private static final String COUNT_PENDING = """
            SELECT COUNT(*) FROM (SELECT a.id FROM approval a JOIN thread t ON t.id = a.thread_id AND t.status = 'PARKED'
                WHERE a.state = 'PENDING' AND a.created_at > :after AND a.created_at <= :until LIMIT :limit) counted
            """;
    private static final String DECIDED = """
            SELECT state, reviewer, created_at, decided_at FROM approval
            WHERE decided_at >= :since AND decided_at < :until ORDER BY decided_at DESC LIMIT :limit
            """;

    private final Database database;

    public ApprovalFigures(Database database) {
        this.database = database;
    }

    /**
     * Parked requests of one age.
     *
     * @param upTo the age's end; null for all that are older than the ages before
     * @param count at most {@link #COUNTED_MAX}; as many stands for as many or more
     */
    public record Waiting(@Nullable Duration upTo, int count) {}

    /** A decision: by whom, and when it was asked for and made. */
    public record Decided(boolean approved, @Nullable String reviewer, Instant askedAt, Instant decidedAt) {}

    /** How many requests are pending at Permit and keep their thread parked, by their age at this time: up to the first length, from there up to the second, and so on. */
    public List<Waiting> waiting(Instant now, List<Duration> ages) {
        List<Waiting> waiting = new ArrayList<>();
        long until = Long.MAX_VALUE;
        for (Duration age : ages) {
            long after = now.minus(age).toEpochMilli();
            waiting.add(new Waiting(age, pending(after, until)));
            until = after;
        }
        waiting.add(new Waiting(null, pending(Long.MIN_VALUE, until)));
        return waiting;
    }

    private int pending(long after, long until) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(COUNT_PENDING)
                        .bind("after", after)
                        .bind("until", until)
                        .bind("limit", COUNTED_MAX)
                        .mapTo(Integer.class)
                        .one());
    }

    /** Yes and no of reviewers in a stretch of time, the latest first; what expired or was withdrawn is nobody's decision. */
    public List<Decided> decided(Instant since, Instant until) {
        return database
                .jdbi()
                .withHandle(handle -> handle.createQuery(DECIDED)
                        .bind("since", since.toEpochMilli())
                        .bind("until", until.toEpochMilli())
                        .bind("limit", DECISIONS_MAX)
                        .map((row, context) -> new Row(
                                ApprovalState.valueOf(row.getString("state")),
                                row.getString("reviewer"),
                                Instant.ofEpochMilli(row.getLong("created_at")),
                                Instant.ofEpochMilli(row.getLong("decided_at"))))
                        .list())
                .stream()
                .filter(Row::isDecision)
                .map(row -> new Decided(row.state != ApprovalState.DENIED, row.reviewer, row.askedAt, row.decidedAt))
                .toList();
    }

    private record Row(ApprovalState state, @Nullable String reviewer, Instant askedAt, Instant decidedAt) {
        boolean isDecision() {
            return state == ApprovalState.APPROVED || state == ApprovalState.SPENT || state == ApprovalState.DENIED;
        }
    }
}
