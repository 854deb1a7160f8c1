package dev.countersign.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.account.SettableClock;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node knows of its lease right before it sends something. */
@Tag("store")
final class LeasesTest {
    private static final Duration LENGTH = Duration.ofSeconds(30);
    private static final String THREAD = "00000000-0000-0000-0000-000000000001";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private Database database;
    private Leases ours;
    private Leases theirs;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        new ThreadStore(database, new LogKeys(database), clock)
                .create(new ThreadStore.NewThread(THREAD, "log", "henry", "things", ThreadKind.CHAT, "a chat"));
        ours = new Leases(database, clock, "ours", LENGTH);
        theirs = new Leases(database, clock, "theirs", LENGTH);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private long until() {
        return database.jdbi()
                .<Long, RuntimeException>withHandle(handle -> handle.createQuery("SELECT lease_until FROM thread")
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void promise2_whoStoodStillPastTheLease_sendsNothing() {
        Lease lease = ours.take(THREAD).orElseThrow();
        clock.advance(LENGTH.plusSeconds(1));
        assertThat(theirs.take(THREAD)).isPresent();
        assertThatThrownBy(() -> ours.beforeSending(lease)).isInstanceOf(LostLease.class);
    }

    @Test
    void whoStoodStillAndWasNotMissed_goesOnWithANewLease() {
        Lease lease = ours.take(THREAD).orElseThrow();
        clock.advance(LENGTH.plusSeconds(1));
        ours.beforeSending(lease);
        assertThat(until()).isEqualTo(clock.millis() + LENGTH.toMillis());
        assertThat(theirs.take(THREAD)).isEmpty();
    }

    @Test
    void whoRenewsInTime_asksNobody() {
        Lease lease = ours.take(THREAD).orElseThrow();
        clock.advance(LENGTH.dividedBy(3));
        ours.renew(lease);
        clock.advance(LENGTH.dividedBy(3));
        long before = until();
        ours.beforeSending(lease);
        assertThat(until()).isEqualTo(before);
    }

    @Test
    void whatWasGivenBack_isAskedForAnew() {
        Lease lease = ours.take(THREAD).orElseThrow();
        ours.drop(lease);
        assertThat(theirs.take(THREAD)).isPresent();
        assertThatThrownBy(() -> ours.beforeSending(lease)).isInstanceOf(LostLease.class);
        assertThatCode(() -> ours.drop(lease)).doesNotThrowAnyException();
    }

    @Test
    void whatACheckpointGaveBack_isNotHeldAnewByARenewalThatComesLate() {
        Lease lease = ours.take(THREAD).orElseThrow();
        database.useTransaction(tx -> tx.execute("UPDATE thread SET lease_owner = '', lease_until = 0, due = TRUE"));
        ours.renew(lease);
        ours.gaveBack(lease);
        assertThat(until()).isZero();
        assertThat(theirs.isDue(THREAD)).isTrue();
    }
}
