package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.checkpoint.Imprints;
import dev.countersign.graph.AgentRuntime.ForkWish;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fork costs does not grow with what it is taken from. */
@Tag("store")
final class ForkCostTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
    private static final int STATEMENTS_MAX = 20;
    private static final int TIMED = 21;
    private static final long BYTES_MAX = 10 * 1024;

    @TempDir
    Path folder;

    private final List<String> asked = new CopyOnWriteArrayList<>();

    private final Thread me = Thread.currentThread();

    /** Hears every statement that this thread prepares; a batch of rows is one. Others look for decisions meanwhile. */
    private DataSource heard(DataSource real) {
        return proxy(DataSource.class, real, (method, answer, arguments) -> {
            return answer instanceof Connection connection
                    ? proxy(Connection.class, connection, (called, result, sql) -> {
                        if (Thread.currentThread() == me && called.getName().startsWith("prepare")) {
                            asked.add(String.valueOf(sql[0]));
                        }
                        return result;
                    })
                    : answer;
        });
    }

    private interface After {
        Object come(Method method, Object answer, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, T real, After after) {
        return type.cast(Proxy.newProxyInstance(
                ForkCostTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return after.come(method, method.invoke(real, arguments), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void promise12_aForkOfTenThousandTurns_asksTheStoreNoMoreThanOneOfTwo_andIsLessThanTenKilobytes() {
        try (World world = new World(folder, source -> heard(source))) {
            String small = conversation(world, 2);
            String large = conversation(world, 10_000);
            for (ForkWish wish : List.of(
                    new ForkWish(null, null, null),
                    new ForkWish(null, "another question", null),
                    new ForkWish(null, null, "another answer"))) {
                // The first time keys and plans are looked up that stay at hand.
                fork(world, small, wish);
                fork(world, large, wish);
                List<String> ofSmall = fork(world, small, wish);
                List<String> ofLarge = fork(world, large, wish);
                assertThat(ofLarge).as("%s", wish).isEqualTo(ofSmall).hasSizeLessThanOrEqualTo(STATEMENTS_MAX);
                System.out.println("a fork of 10,000 turns: " + ofLarge.size() + " statements, "
                        + bytes(world, newest()) + " bytes, " + millis(world, large, wish));
                assertThat(bytes(world, newest())).isLessThan(BYTES_MAX);
            }
        }
    }

    /** How long a fork takes: for people to read, since it depends on what else the machine does. */
    private static String millis(World world, String parent, ForkWish wish) {
        ThreadRow row = world.ports.threads().get(parent);
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < TIMED; i++) {
            long began = System.nanoTime();
            new Forking(world.ports).fork(row, wish);
            took.add(System.nanoTime() - began);
        }
        Collections.sort(took);
        return String.format(
                Locale.ROOT,
                "%.1f ms (median of %d), %.1f ms at most",
                took.get(TIMED / 2) / 1e6,
                TIMED,
                took.get(TIMED - 1) / 1e6);
    }

    private List<String> fork(World world, String parent, ForkWish wish) {
        world.quiet();
        asked.clear();
        ThreadRow row = world.ports.threads().get(parent);
        String fork = new Forking(world.ports).fork(row, wish);
        List<String> statements = List.copyOf(asked);
        newest.add(fork);
        return statements;
    }

    private final List<String> newest = new ArrayList<>();

    private String newest() {
        return newest.get(newest.size() - 1);
    }

    private static String conversation(World world, int turns) {
        ThreadRow thread = world.ports
                .threads()
                .create(new ThreadStore.NewThread(
                        UUID.randomUUID().toString(),
                        UUID.randomUUID().toString(),
                        HENRY.user(),
                        "things",
                        ThreadKind.CHAT,
                        "a chat"));
        List<Message> said = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            said.add(Message.user("what about " + i + "?", AT));
            said.add(Message.assistant("nothing about " + i, List.of(), AT));
        }
        Map<String, Object> state =
                Map.of(CheckpointStore.MESSAGES, Transcript.empty().plus(said), ThreadState.LAST_EVENT, 0L);
        CheckpointStore.Stored step = new CheckpointStore.Stored(
                1, UUID.randomUUID().toString(), null, AgentGraph.REPLY, CheckpointStore.END, state, "print", AT);
        world.database.useTransaction(
                tx -> new Imprints(world.ports.checkpoints()).write(tx, thread, List.of(step), ThreadStatus.IDLE));
        return thread.id();
    }

    /** What its rows hold, as bytes and as text. */
    private static long bytes(World world, String fork) {
        String log = world.ports.threads().get(fork).logId();
        return rows(world, "SELECT * FROM thread WHERE id = :id", fork)
                + rows(world, "SELECT * FROM checkpoint WHERE thread_id = :id", fork)
                + rows(world, "SELECT * FROM segment WHERE thread_id = :id", fork)
                + rows(world, "SELECT * FROM event WHERE thread_id = :id", fork)
                + rows(world, "SELECT * FROM message_log WHERE id = :id", log)
                + rows(world, "SELECT * FROM message WHERE log_id = :id", log);
    }

    private static long rows(World world, String sql, String id) {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(sql).bind("id", id).mapToMap().stream()
                        .flatMap(row -> row.values().stream())
                        .mapToLong(value -> value instanceof byte[] sealed
                                ? sealed.length
                                : String.valueOf(value).length())
                        .sum());
    }
}
