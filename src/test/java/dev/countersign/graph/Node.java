package dev.countersign.graph;

import dev.countersign.account.SettableClock;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.mcpserver.FakePermit;
import dev.langchain4j.model.chat.ChatModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/**
 * One node of several: a runtime over a store that others use, too. A test may hold it still, as a SIGSTOP does, and let it go
 * on, or cut it off for good, as a SIGKILL does: from then on nothing of it reaches the store.
 */
final class Node implements AutoCloseable {
    static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Set<String> REACHES_THE_STORE = Set.of("getConnection", "prepareStatement", "commit");

    final ScriptedTools tools;
    final Database database;
    final Ports ports;
    final Agents runtime;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile boolean dead;

    Node(StoreConfig config, FakePermit permit, SettableClock clock, ChatModel model) {
        this.tools = new ScriptedTools(permit);
        this.database = Stores.open(config, source -> guarded(DataSource.class, source));
        this.ports = Ports.over(database, permit, clock, () -> UUID.randomUUID().toString(), LEASE, Duration.ZERO);
        this.runtime = Agents.start(
                ports,
                List.of(new Outfit(World.agent(Limits.DEFAULTS), model, tools)),
                new Pace(POLL, LEASE, 4),
                pause -> {});
    }

    private <T> T guarded(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (REACHES_THE_STORE.contains(method.getName())) {
                        pass();
                    }
                    try {
                        Object answer = method.invoke(real, arguments);
                        return answer instanceof Connection connection ? guarded(Connection.class, connection) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void pass() throws SQLException {
        awaitUninterruptibly(held);
        if (dead) {
            throw new SQLException("this node is dead");
        }
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nothing is ever interrupted here", e);
        }
    }

    /** Everything of this node stops where it next reaches for the store. */
    void hold() {
        held = new CountDownLatch(1);
    }

    /** It goes on as if no time had passed. */
    void release() {
        held.countDown();
    }

    /** Nothing it does reaches the store any more, nor a tool. */
    void die() {
        dead = true;
        tools.gone = true;
    }

    @Override
    public void close() {
        release();
        runtime.close();
        database.close();
    }
}
