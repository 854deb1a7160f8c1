package dev.countersign.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.StoreConfig;
import dev.countersign.crash.Inspection.Doubt;
import dev.countersign.db.Database;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import dev.countersign.tool.ToolClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The first call fails, then the second, and so on until a whole conversation passes unharmed: calls of the store, requests to
 * Permit over HTTP, calls of tools; before they have an effect, and after it. Nobody restarts anything. After each: nothing lost,
 * nothing twice, and what nobody can know is unknown.
 */
final class FailTheNthTest {
    private static final int AT_ONCE = 6;
    private static final int CALLS_MAX = 5_000;
    private static final int TRIES = 5;

    /** Every call fails on H2; the statements are the same ones on PostgreSQL, where some of them do. */
    private static final int LONG_STRIDE_ON_POSTGRESQL = 7;

    /** Every call in a long run; {@code -Dcrash.stride=5} fails every fifth where time is short. */
    private static final int LONG_STRIDE = Integer.getInteger("crash.stride", 1);

    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    /** What fails. The stride is that of a short run, and prime to the length of a step. */
    enum What {
        STATEMENT_OR_COMMIT(131),
        COMMIT_THAT_HAPPENED(53),
        PERMIT_REFUSES(113),
        PERMIT_DENIES_THE_DEED(127),
        PERMIT_DROPS(137),
        PERMIT_SWALLOWS(139),
        TOOL_BREAKS_BEFORE(7),
        TOOL_BREAKS_AFTER(7),
        TOOL_LOSES_THE_ANSWER(7),
        STATEMENT_OR_COMMIT_ON_POSTGRESQL(307),
        COMMIT_THAT_HAPPENED_ON_POSTGRESQL(149);

        private final int stride;

        What(int stride) {
            this.stride = stride;
        }

        boolean onPostgres() {
            return name().endsWith("ON_POSTGRESQL");
        }

        boolean isOfStore() {
            return name().startsWith("STATEMENT") || name().startsWith("COMMIT");
        }

        FaultyDoor.Manner door() {
            return switch (this) {
                case PERMIT_DENIES_THE_DEED -> FaultyDoor.Manner.DENY_THE_DEED;
                case PERMIT_DROPS -> FaultyDoor.Manner.DROP;
                case PERMIT_SWALLOWS -> FaultyDoor.Manner.SWALLOW;
                default -> FaultyDoor.Manner.REFUSE;
            };
        }

        FailingTools.Manner tools() {
            return switch (this) {
                case TOOL_BREAKS_BEFORE -> FailingTools.Manner.BREAK_BEFORE;
                case TOOL_BREAKS_AFTER -> FailingTools.Manner.BREAK_AFTER;
                default -> FailingTools.Manner.LOSE_THE_ANSWER;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void promise4_everySoManyCallsFail_nothingIsLostAndNothingHappensTwice(What what) {
        assertThat(complaints(what, what.stride)).isEmpty();
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void promise4_everyCallFailsOnce_nothingIsLostAndNothingHappensTwice(What what) {
        assertThat(complaints(what, what.onPostgres() ? LONG_STRIDE_ON_POSTGRESQL * LONG_STRIDE : LONG_STRIDE))
                .isEmpty();
    }

    /** Several stories at once, since what fails is tried again after a pause. */
    private List<String> complaints(What what, int stride) {
        List<String> complaints = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger next = new AtomicInteger(1);
        AtomicBoolean unharmed = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            running.add(pool.submit(() -> {
                while (!unharmed.get() && next.get() < CALLS_MAX) {
                    int n = next.getAndAdd(stride);
                    if (!tell(what, n, complaints)) {
                        unharmed.set(true);
                    }
                }
            }));
        }
        pool.shutdown();
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (Exception e) {
                complaints.add("a teller broke off: " + e);
            }
        }
        if (!unharmed.get()) {
            complaints.add(what + ": no story passed unharmed within " + CALLS_MAX + " calls");
        }
        return complaints;
    }

    /** Tells one story in which the n-th call fails; answers whether there was an n-th. */
    private boolean tell(What what, int n, List<String> complaints) {
        Nth nth = new Nth(n);
        Nth never = new Nth(Integer.MAX_VALUE);
        boolean http = what.name().startsWith("PERMIT");
        try (EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(Errand.KEY, Clock.systemUTC()));
                FaultyDoor door = new FaultyDoor(http ? nth : never, what.door(), emulator.url())) {
            Errand inside = errand(what, n, door.url());
            Errand outside = errand(what, n, emulator.url());
            Permit permit = Permits.connect(inside.permitConfig());
            ToolClient tools = new FailingTools(
                    new OutsideTools(permit, inside.effects(), boundary -> {}),
                    what.name().startsWith("TOOL") ? nth : never,
                    what.tools());
            FailingEar ear =
                    new FailingEar(what.isOfStore() ? nth : never, what.name().startsWith("COMMIT_THAT_HAPPENED"));
            Database database = Node.store(inside.store(), ear);
            try (Node node = new Node(database, new Node.Surroundings(permit, tools, Clock.systemUTC(), LEASE))) {
                nth.begin();
                tellPatiently(node, Permits.connect(outside.permitConfig()), inside.acknowledged());
            }
            for (String complaint : new Inspection(outside, Doubt.AT_MOST_ONE).complaints()) {
                complaints.add(what + ", call " + n + ": " + complaint);
            }
        } catch (RuntimeException e) {
            StringWriter stack = new StringWriter();
            e.printStackTrace(new PrintWriter(stack));
            complaints.add(what + ", call " + n + ": " + stack);
        }
        return nth.hasCome();
    }

    /** A client that is told of a failure looks where things stand, and goes on from there. */
    private static void tellPatiently(Node node, Permit permit, Ledger acknowledged) {
        Story story = new Story(node, permit, acknowledged, boundary -> {});
        for (int attempt = 1; ; attempt++) {
            try {
                story.tell();
                return;
            } catch (Story.Lost e) {
                throw e;
            } catch (RuntimeException e) {
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    private Errand errand(What what, int n, String permit) {
        try {
            Path own = Files.createDirectories(folder.resolve(what + "-" + n));
            StoreConfig store = what.onPostgres() ? Stores.postgres(own, PostgresServer.shared()) : Stores.h2(own);
            return new Errand(own, store.url(), store.user(), store.durability(), permit, Optional.empty(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
