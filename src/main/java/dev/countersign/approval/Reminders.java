package dev.countersign.approval;

import dev.countersign.core.CountersignException;
import dev.countersign.db.Database;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, once each, that a pending approval has waited for a while (REMINDER) or for long (ESCALATION). A time is taken off the
 * row and its notification is written in one transaction, and only where the row still has it: so many nodes may do this at
 * once, and again after a crash. A time that passed while nobody ran is made up for, unless the deadline has passed too.
 */
public final class Reminders {
    private static final Logger LOG = LoggerFactory.getLogger(Reminders.class);
    private static final int BATCH = 200;

    // Above 0: H2 would otherwise go through all that have no such time, which stand first in the index.
    private static final String DUE_REMINDERS = """
            SELECT id FROM approval WHERE state = 'PENDING' AND remind_at > 0 AND remind_at <= :now
            ORDER BY state, remind_at LIMIT :limit
            """;
    private static final String DUE_ESCALATIONS = """
            SELECT id FROM approval WHERE state = 'PENDING' AND escalate_at > 0 AND escalate_at <= :now
            ORDER BY state, escalate_at LIMIT :limit
            """;
    private static final String TAKE_REMINDER =
            "UPDATE approval SET remind_at = NULL WHERE id = :id AND state = 'PENDING' AND remind_at <= :now";
    private static final String TAKE_ESCALATION =
            "UPDATE approval SET escalate_at = NULL WHERE id = :id AND state = 'PENDING' AND escalate_at <= :now";
    private static final String EXTENSIONS = "SELECT extensions FROM approval WHERE id = :id";

    private final Database database;
    private final ApprovalStore approvals;
    private final Clock clock;

    public Reminders(Database database, ApprovalStore approvals, Clock clock) {
        this.database = database;
        this.approvals = approvals;
        this.clock = clock;
    }

    /** Which time of a row is meant, and how it is found and taken. */
    private record Alarm(Notification.Kind kind, String due, String take) {}

    private static final List<Alarm> ALARMS = List.of(
            new Alarm(Notification.Kind.REMINDER, DUE_REMINDERS, TAKE_REMINDER),
            new Alarm(Notification.Kind.ESCALATION, DUE_ESCALATIONS, TAKE_ESCALATION));

    /** Writes what is due. Idempotent. */
    public void remind() {
        for (Alarm alarm : ALARMS) {
            for (String id : due(alarm)) {
                try {
                    Optional<Approval> approval = approvals.find(id);
                    approval.ifPresent(one -> database.useTransaction(tx -> ring(tx, one, alarm)));
                } catch (CountersignException e) {
                    // One that cannot be read (its thread was erased) must not hold up the others; nor can it be told
                    // of.
                    LOG.atError().addKeyValue("approval", id).log("nobody is reminded of it: {}", e.forLog());
                    database.useTransaction(tx -> take(tx, id, alarm, clock.instant()));
                }
            }
        }
    }

    private List<String> due(Alarm alarm) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(alarm.due())
                        .bind("now", clock.millis())
                        .bind("limit", BATCH)
                        .mapTo(String.class)
                        .list());
    }

    private void ring(Handle tx, Approval approval, Alarm alarm) {
        Instant now = clock.instant();
        boolean isOurs = take(tx, approval.id(), alarm, now);
        if (isOurs && now.isBefore(approval.deadline())) {
            int extensions = tx.createQuery(EXTENSIONS)
                    .bind("id", approval.id())
                    .mapTo(Integer.class)
                    .one();
            Notifications.about(tx, approval, alarm.kind(), extensions, now);
        }
    }

    private static boolean take(Handle tx, String id, Alarm alarm, Instant now) {
        return tx.createUpdate(alarm.take())
                        .bind("id", id)
                        .bind("now", now.toEpochMilli())
                        .execute()
                == 1;
    }
}
