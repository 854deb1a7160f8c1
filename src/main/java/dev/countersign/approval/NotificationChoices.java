package dev.countersign.approval;

import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.db.Database;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * What people have said of which notifications they want, and by which way. Where somebody has said nothing, it stays as the
 * operator set it: they are told, except of jobs that finish, which are told only to who asked for it. Kept in the store; what was
 * said counts for whatever is sent from then on. Safe for use by many threads and processes.
 */
public final class NotificationChoices {
    private static final String OF = "SELECT kind, channel, wanted FROM notification_choice WHERE login = :login";
    private static final String FORGET =
            "DELETE FROM notification_choice WHERE login = :login AND kind = :kind AND channel = :channel";
    private static final String SAY = """
            INSERT INTO notification_choice (login, kind, channel, wanted) VALUES (:login, :kind, :channel, :wanted)
            """;

    private final Database database;

    public NotificationChoices(Database database) {
        this.database = database;
    }

    /** A kind of notification, by a way. */
    public record Choice(Notification.Kind kind, Channel channel) {}

    /** Whether this login wants to be told of it so. */
    public boolean wants(String login, Notification.Kind kind, Channel channel) {
        return of(login).getOrDefault(new Choice(kind, channel), unlessSaid(kind));
    }

    /** What holds for who has said nothing. */
    public static boolean unlessSaid(Notification.Kind kind) {
        return kind != Notification.Kind.JOB_FINISHED;
    }

    /** All that a login has said. */
    public Map<Choice, Boolean> of(String login) {
        return database.jdbi().withHandle(handle -> {
            Map<Choice, Boolean> said = new HashMap<>();
            handle.createQuery(OF)
                    .bind("login", login)
                    .map((row, context) -> Map.entry(
                            new Choice(
                                    Notification.Kind.valueOf(row.getString("kind")),
                                    Channel.valueOf(row.getString("channel"))),
                            row.getBoolean("wanted")))
                    .forEach(entry -> said.put(entry.getKey(), entry.getValue()));
            return said;
        });
    }

    /** Takes what a login says now; what it says nothing of stays. When this returns it survives a kill. */
    public void say(String login, Map<Choice, Boolean> said) {
        database.useTransaction(tx -> said.forEach((choice, wanted) -> say(tx, login, choice, wanted)));
        database.barrier();
    }

    private static void say(Handle tx, String login, Choice choice, boolean wanted) {
        tx.createUpdate(FORGET)
                .bind("login", login)
                .bind("kind", choice.kind().name())
                .bind("channel", choice.channel().name())
                .execute();
        tx.createUpdate(SAY)
                .bind("login", login)
                .bind("kind", choice.kind().name())
                .bind("channel", choice.channel().name())
                .bind("wanted", wanted)
                .execute();
    }
}
