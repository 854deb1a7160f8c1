package dev.countersign.tool;

import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.db.TextCipher;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** A real store with one thread in it, whose lease can be taken anew as after a crash. */
final class Desk implements AutoCloseable {
    static final String THREAD = "00000000-0000-0000-0000-000000000001";
    static final Principal HENRY = new Principal("henry");
    private static final String LOG = "00000000-0000-0000-0000-000000000002";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    final Database database;
    private final LogKeys keys;
    private int takers;

    Desk(Path folder) {
        database = Stores.open(folder);
        keys = new LogKeys(database);
        ThreadStore threads = new ThreadStore(database, keys, CLOCK);
        if (threads.find(THREAD).isEmpty()) {
            threads.create(new ThreadStore.NewThread(THREAD, LOG, "henry", "volumes", ThreadKind.CHAT, "test"));
        }
    }

    /** The journal, watched by a witness. */
    EffectJournal journal(EffectWitness witness) {
        return EffectJournal.over(database, CLOCK, witness);
    }

    /** The thread under a new lease: an older site is fenced from now on. */
    EffectSite takeOver() {
        // The lease of the one before has a length below zero: it can be taken at once, as if its holder had died long
        // ago.
        Leases leases = new Leases(database, CLOCK, "node-" + ++takers, Duration.ofSeconds(-1));
        Lease lease = leases.take(THREAD).orElseThrow();
        TextCipher cipher = database.jdbi().withHandle(handle -> keys.of(handle, LOG));
        return new EffectSite(THREAD, HENRY.user(), lease.fence(), cipher);
    }

    static ToolRun run(EffectSite site, ToolInfo tool) {
        return new ToolRun(site, "call-1", tool, "{\"volume_id\":\"vol-1\"}", HENRY, null);
    }

    @Override
    public void close() {
        database.close();
    }
}
