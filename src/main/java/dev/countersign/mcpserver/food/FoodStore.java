package dev.countersign.mcpserver.food;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Dishes, orders and spent approvals in one H2 file that one process owns. What a method has returned survives kill -9 and a
 * power cut: the file is written at each commit and synchronised before an act that cannot be taken back. Safe for use by
 * many threads. An order exists once per call key and once per approval; the tables' keys see to it.
 */
public final class FoodStore implements AutoCloseable {
    static final ErrorCode BROKEN = new ErrorCode("CS-851", ErrorCode.Kind.INTERNAL);
    private static final ErrorCode IN_USE = new ErrorCode("CS-852", ErrorCode.Kind.CONFLICT);
    private static final int H2_ALREADY_OPEN = 90_020;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int COPIES_MAX = 5;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Jdbi jdbi;

    /** Used for nothing but to stay open: H2 closes the file with its last connection. */
    private final Handle keeper;

    private final Clock clock;
    private final ReentrantLock writing = new ReentrantLock(true);

    private FoodStore(Jdbi jdbi, Handle keeper, Clock clock) {
        this.jdbi = jdbi;
        this.keeper = keeper;
        this.clock = clock;
    }

    /**
     * Opens the file, making and filling it when it is new. Waits up to ten seconds for another process to let go of it: one
     * that was killed and started anew may still be ending.
     *
     * @param file without the suffix {@code .mv.db}
     * @throws CountersignException {@code CS-852} when another process keeps it
     */
    public static FoodStore open(Path file, Clock clock) {
        makeFolder(file);
        Jdbi jdbi = Jdbi.create(url(file), "sa", "");
        return new FoodStore(jdbi, whenFree(file, jdbi), clock);
    }

    /**
     * Every order in the file, oldest first, also while another process owns it: a copy is read. H2 leaves a superseded chunk
     * in place for 45 seconds, so a copy made in less holds every commit that came before it.
     *
     * @param file without the suffix {@code .mv.db}; no file means no orders
     */
    public static List<Order> orders(Path file) {
        Path live = file.resolveSibling(file.getFileName() + ".mv.db");
        if (!Files.exists(live)) {
            return List.of();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return ordersInCopyOf(live);
            } catch (JdbiException e) {
                // A file that is being made has no tables yet, and one that is being compacted may be copied in pieces.
                if (attempt == COPIES_MAX) {
                    throw new CountersignException(BROKEN, "could not read a copy of the food store " + file, e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static List<Order> ordersInCopyOf(Path live) {
        try {
            Path folder = Files.createTempDirectory("countersign-food");
            Path copy = folder.resolve("copy.mv.db");
            try {
                Files.copy(live, copy);
                return Jdbi.create(url(folder.resolve("copy")) + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r", "sa", "")
                        .withHandle(handle -> new FoodTables(handle).orders());
            } finally {
                Files.deleteIfExists(copy);
                Files.deleteIfExists(folder.resolve("copy.trace.db"));
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not copy " + live.getFileName() + " to read it", e);
        }
    }

    List<Dish> dishes(String restaurant) {
        return jdbi.withHandle(handle -> new FoodTables(handle).dishes(restaurant));
    }

    Optional<Order> orderOf(String callKey) {
        return jdbi.withHandle(handle -> new FoodTables(handle).orderOf(callKey));
    }

    /** Places an order that spends no approval. */
    Order place(Wish wish, String id) {
        Order order = order(wish, id, null);
        write(handle -> new FoodTables(handle).insert(order));
        return order;
    }

    /** The spend that a call has begun and not ended; of this user and restaurant there is one at most. */
    Optional<Spend> begun(String user, String restaurant) {
        return jdbi.withHandle(handle -> new SpendTable(handle).begun(user, restaurant));
    }

    boolean isKnown(String approvalId) {
        return jdbi.withHandle(handle -> new SpendTable(handle).isKnown(approvalId));
    }

    /** Writes down, for good, that this approval is being spent on this wish. False when it was written down before. */
    boolean begin(String approvalId, Wish wish, String orderId) {
        Spend spend = new Spend(
                approvalId,
                wish.callKey(),
                wish.user(),
                wish.restaurant().key(),
                wish.dish().name(),
                orderId);
        return alone(() -> {
            boolean begun = jdbi.inTransaction(handle -> new SpendTable(handle).begin(spend));
            synchronise();
            return begun;
        });
    }

    /** Hands a begun spend to another call for the same dish. */
    void takeOver(Spend spend, String callKey) {
        write(handle -> new SpendTable(handle).takeOver(spend.approvalId(), callKey));
    }

    /** Forgets a begun spend of which it is certain that nothing was removed at Permit. */
    void release(String approvalId) {
        write(handle -> new SpendTable(handle).release(approvalId));
    }

    /** Ends a begun spend without an order: this approval is never good again. */
    void lose(String approvalId) {
        write(handle -> new SpendTable(handle).lose(approvalId));
    }

    /** Ends a begun spend with its order, and the approvals that went with the same grant, in one step. */
    Order finish(Wish wish, Spend spend, List<String> goneWithIt) {
        Order order = order(wish, spend.orderId(), spend.approvalId());
        write(handle -> {
            new SpendTable(handle).spent(spend.approvalId());
            for (String approvalId : goneWithIt) {
                new SpendTable(handle).voided(approvalId, wish);
            }
            new FoodTables(handle).insert(order);
        });
        return order;
    }

    private Order order(Wish wish, String id, @Nullable String approvalId) {
        return new Order(
                id,
                wish.user(),
                wish.restaurant().key(),
                wish.dish().name(),
                wish.dish().price(),
                approvalId,
                wish.callKey(),
                clock.instant().truncatedTo(ChronoUnit.MICROS)); // as the table keeps it: the answer must not change
    }

    private void write(HandleConsumer<RuntimeException> work) {
        alone(() -> {
            jdbi.useTransaction(work);
            synchronise();
            return true;
        });
    }

    /** One writes at a time: H2 writes its file table by table, and a kill would leave half of what another was about to write. */
    private <T> T alone(Supplier<T> work) {
        writing.lock();
        try {
            return work.get();
        } finally {
            writing.unlock();
        }
    }

    // With WRITE_DELAY=0 a commit survives the process; only this makes it survive the machine.
    private void synchronise() {
        jdbi.useHandle(handle -> handle.execute("CHECKPOINT SYNC"));
    }

    private static void prepare(Handle handle) {
        FoodTables.create(handle);
        SpendTable.create(handle);
        FoodTables tables = new FoodTables(handle);
        if (tables.isEmpty()) {
            Menu.shipped().forEach(tables::insert);
        }
    }

    private static String url(Path file) {
        return "jdbc:h2:file:" + file.toAbsolutePath() + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    private static void makeFolder(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new CountersignException(
                    BROKEN, "expected a folder that can be written for " + file + ". Set COUNTERSIGN_STATE_DIR.", e);
        }
    }

    private static Handle whenFree(Path file, Jdbi jdbi) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Handle keeper = jdbi.open();
                jdbi.useTransaction(FoodStore::prepare);
                return keeper;
            } catch (JdbiException e) {
                if (!isInUse(e)) {
                    throw new CountersignException(BROKEN, "could not open the food store " + file, e);
                }
                if (System.nanoTime() > end) {
                    throw new CountersignException(
                            IN_USE,
                            "expected to own the food store " + file
                                    + ", got an owner that keeps it. End the other food"
                                    + " server, or set COUNTERSIGN_STATE_DIR to another folder.",
                            e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static boolean isInUse(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_ALREADY_OPEN) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        keeper.close();
    }
}
