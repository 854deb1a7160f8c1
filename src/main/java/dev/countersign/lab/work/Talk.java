package dev.countersign.lab.work;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.util.List;
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
    private volatile String status = "";
    private volatile String request = "";
    private volatile long messages;

    /** Goes on with a thread that is there. */
    Talk(AgentRuntime runtime, Scene scene, String id, int number) {
        this.runtime = runtime;
        this.scene = scene;
        this.id = id;
        this.number = number;
        this.news = runtime.listen(USER, id, this::hear);
    }

    private void hear(AgentRuntime.Live live) {
        if (live.kind() == AgentRuntime.Live.Kind.PARKED) {
            request = live.data().path("requestId").asText();
        } else if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
            status = live.data().path("status").asText();
            messages = live.data().path("messages").asLong();
            ended.release();
        }
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
        check(messages == 4L * turn && last().equals(Payload.answer(number, turn)), turn);
        scene.over(number, turn);
    }

    /** Says the first thing and waits until it is told that the thread is parked; returns the id of its request at Permit. */
    String park() throws InterruptedException {
        runtime.send(USER, id, scene.user(number, 1));
        ended.acquire();
        check(status.equals(ThreadStatus.PARKED.name()) && !request.isEmpty(), 1);
        return request;
    }

    /** Waits until the decision, which the caller has set off, had its effect. */
    void resumed() throws InterruptedException {
        ended.acquire();
        check(status.equals(ThreadStatus.IDLE.name()) && last().equals(Payload.answer(number, 1)), 1);
        scene.over(number, 1);
    }

    /** What the newest of the messages says that it was told of. */
    private String last() {
        List<AgentRuntime.Entry> last = runtime.transcript(USER, id, messages - 1, 2);
        return last.size() == 1 ? last.get(0).text() : "";
    }

    private void check(boolean right, int turn) {
        if (!right) {
            AgentRuntime.ThreadView thread = runtime.thread(USER, id);
            throw new IllegalStateException("turn " + turn + " of thread " + number + " ended wrong: " + thread.status()
                    + " with " + thread.messages() + " messages");
        }
    }

    @Override
    public void close() {
        news.close();
    }
}
