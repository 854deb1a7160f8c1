package dev.countersign.lab.work;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * One thread of the workload as its user has it: says what belongs to a turn, waits until the turn rests, which is when it is
 * durable, and looks at what came of it. Used by one thread.
 */
final class Talk implements AutoCloseable {
    static final Principal USER = new Principal("henry");

    private final AgentRuntime runtime;
    private final Scene scene;
    private final String id;
    private final int number;
    private final Semaphore ended = new Semaphore(0);
    private final AgentRuntime.Subscription news;

    /** Goes on with a thread that is there. */
    Talk(AgentRuntime runtime, Scene scene, String id, int number) {
        this.runtime = runtime;
        this.scene = scene;
        this.id = id;
        this.number = number;
        this.news = runtime.listen(USER, id, live -> {
            if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
                ended.release();
            }
        });
    }

    /** Opens a thread. */
    static Talk open(AgentRuntime runtime, Scene scene, String agent, int number) {
        String id = runtime.open(USER, agent, ThreadKind.CHAT, "work").id();
        return new Talk(runtime, scene, id, number);
    }

    String id() {
        return id;
    }

    /** How many turns of the plain agent the thread has. */
    int turns() {
        return runtime.thread(USER, id).messages() / 4;
    }

    /** One turn of the plain agent, checked. */
    void turn(int turn) throws InterruptedException {
        runtime.send(USER, id, scene.user(number, turn));
        ended.acquire();
        AgentRuntime.ThreadView thread = runtime.thread(USER, id);
        check(thread.messages() == 4 * turn, turn, thread);
        check(last(thread).equals(Payload.answer(number, turn)), turn, thread);
        scene.over(number, turn);
    }

    /** Says the first thing and waits until the thread is parked; returns the id of its request at Permit. */
    String park() throws InterruptedException {
        runtime.send(USER, id, scene.user(number, 1));
        ended.acquire();
        AgentRuntime.ThreadView thread = runtime.thread(USER, id);
        check(thread.status() == ThreadStatus.PARKED, 1, thread);
        return Objects.requireNonNull(runtime.approvals(USER, id).get(0).requestId());
    }

    /** Waits until the decision, which the caller has set off, had its effect. */
    void resumed() throws InterruptedException {
        ended.acquire();
        AgentRuntime.ThreadView thread = runtime.thread(USER, id);
        check(thread.status() == ThreadStatus.IDLE, 1, thread);
        check(last(thread).equals(Payload.answer(number, 1)), 1, thread);
        scene.over(number, 1);
    }

    private String last(AgentRuntime.ThreadView thread) {
        List<AgentRuntime.Entry> last = runtime.transcript(USER, id, thread.messages() - 1L, 1);
        return last.isEmpty() ? "" : last.get(0).text();
    }

    private void check(boolean right, int turn, AgentRuntime.ThreadView thread) {
        if (!right) {
            throw new IllegalStateException("turn " + turn + " of thread " + number + " ended wrong: " + thread.status()
                    + " with " + thread.messages() + " messages");
        }
    }

    @Override
    public void close() {
        news.close();
    }
}
