package dev.countersign.notify;

import static org.awaitility.Awaitility.await;

import dev.countersign.account.SettableClock;
import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle;
import dev.countersign.approval.Wish;
import dev.countersign.config.NotifyConfig;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.config.Secret;
import dev.countersign.core.Digest;
import dev.countersign.db.Database;
import dev.countersign.graph.Ports;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** A store with approvals to be told of, without agents: the rows are written as the runtime writes them. */
final class Stage {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final Duration KEEP = Duration.ofDays(30);
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String REASON = "because it is my birthday";
    static final String ARGUMENTS = "{\"dish\":\"Truffle Pasta\"}";

    final Database database;
    final SettableClock clock;
    final FakePermit permit;
    final Ports ports;

    Stage(Database database, SettableClock clock, FakePermit permit) {
        this.database = database;
        this.clock = clock;
        this.permit = permit;
        this.ports = Ports.over(
                database, permit, clock, () -> UUID.randomUUID().toString(), Duration.ofSeconds(30), Duration.ZERO);
    }

    static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
    }

    /** Henry's request, filed. */
    Approval filed() {
        return filed(REASON, ARGUMENTS);
    }

    Approval filed(String reason, String arguments) {
        String id = UUID.randomUUID().toString();
        ThreadRow thread = ports.threads()
                .create(new ThreadStore.NewThread(id, log(id), "henry", "food-ordering", ThreadKind.CHAT, "a chat"));
        String approval = UUID.randomUUID().toString();
        database.useTransaction(tx -> {
            Approval begun = ports.approvals()
                    .begin(
                            tx,
                            new ApprovalStore.Filing(
                                    approval,
                                    Digest.of("key", id),
                                    id.substring(0, 16),
                                    thread,
                                    Digest.of("wish", id),
                                    wish(reason, arguments)));
            ports.approvals()
                    .move(
                            tx,
                            begun,
                            Lifecycle.Move.FILED,
                            new ApprovalStore.Facts(FakePermit.uuid("request " + id), null, null, null));
        });
        return ports.approvals().find(approval).orElseThrow();
    }

    /** The log of a thread's texts. */
    static String log(String thread) {
        return FakePermit.uuid("log " + thread);
    }

    private static Wish wish(String reason, String arguments) {
        return new Wish(
                RequestKind.OPERATION,
                "order_dish",
                arguments,
                null,
                "3",
                null,
                "order Truffle Pasta",
                reason,
                Duration.ofDays(7),
                null,
                null);
    }

    void decide(Approval filed, String comment) {
        database.useTransaction(tx -> ports.approvals()
                .move(
                        tx,
                        filed,
                        Lifecycle.Move.APPROVE,
                        new ApprovalStore.Facts(null, "joe", comment, clock.instant())));
    }

    Notifier notifier(NotifyConfig config) {
        return notifier(config, 20);
    }

    Notifier notifier(NotifyConfig config, int attempts) {
        return Notifier.over(
                ports,
                config,
                new Backoff(Duration.ofSeconds(5), Duration.ofHours(4), attempts, () -> 0),
                Duration.ofSeconds(2));
    }

    /** Where a notification stands on a channel. */
    String state(Channel channel, String notification) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "SELECT state FROM delivery WHERE notification_id = :id AND channel = :channel")
                        .bind("id", notification)
                        .bind("channel", channel.name())
                        .mapTo(String.class)
                        .findOne()
                        .orElse("(none)"));
    }

    int attempts(String notification) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery("SELECT SUM(attempts) FROM delivery WHERE notification_id = :id")
                                .bind("id", notification)
                                .mapTo(Integer.class)
                                .one());
    }

    static NotifyConfig config(@Nullable String slack, NotifyConfig.@Nullable Smtp smtp, @Nullable String http) {
        return config(slack, smtp, http, Set.of(), Optional.empty());
    }

    static NotifyConfig config(
            @Nullable String slack,
            NotifyConfig.@Nullable Smtp smtp,
            @Nullable String http,
            Set<Channel> texts,
            Optional<Path> templates) {
        return new NotifyConfig(
                new Secret(slack == null ? "" : slack),
                new NotifyConfig.Mail(
                        smtp,
                        smtp == null ? "" : "agents@example.com",
                        smtp == null ? List.of() : List.of("joe@example.com", "jane"),
                        List.of("boss@example.com")),
                new NotifyConfig.Hook(new Secret(http == null ? "" : http), new Secret(http == null ? "" : SECRET)),
                texts,
                templates,
                KEEP);
    }

    static NotifyConfig http(Receiver receiver) {
        return config(null, null, receiver.url());
    }
}
