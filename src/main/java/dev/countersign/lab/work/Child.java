package dev.countersign.lab.work;

import dev.countersign.db.Database;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.permit.RequestKind;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What a process of W3 or W6 does between its start and its end, which for two of the three is a kill. It says one line; if nobody
 * kills it then, it ends by itself after a minute.
 */
public final class Child {
    static final String PARKED = "PARKED";
    static final String DONE = "DONE";
    static final String AT_TOOL = "TOOL";
    private static final int ENDS_AFTER_SECONDS = 60;

    private final Ground ground;
    private final int number;
    private final Consumer<String> said;

    /**
     * A child.
     *
     * @param number of its thread in the workload
     * @param said hears the line
     */
    public Child(Ground ground, int number, Consumer<String> said) {
        this.ground = ground;
        this.number = number;
        this.said = said;
    }

    /** Parks a thread and says so, with its id and its request's. */
    public void park() throws InterruptedException {
        Scene scene = new Scene(ground.permit(), true, () -> {});
        try (Database database = ground.store().open();
                AgentRuntime runtime = ground.start(database, scene);
                Talk talk = Talk.open(runtime, scene, Scene.GATED, number)) {
            String request = talk.park();
            said.accept(PARKED + " " + talk.id() + " " + request);
            var unused = new CountDownLatch(1).await(ENDS_AFTER_SECONDS, TimeUnit.SECONDS);
        }
    }

    /**
     * Resumes a thread whose request was decided, and says how many milliseconds that took once the runtime was there.
     *
     * @param warmUp how many others it parks and resumes before; unless that is 0 it approves the request itself, afterwards, since
     *     an approval at Permit is good for one of them only
     */
    public void resume(String thread, String request, String reviewer, int warmUp) throws InterruptedException {
        try (Database database = ground.store().open()) {
            Scene scene = new Scene(ground.permit(), true, () -> {});
            know(scene);
            try (AgentRuntime runtime = ground.start(database, scene);
                    Talk talk = new Talk(runtime, scene, thread, number)) {
                if (warmUp > 0) {
                    new Parks(ground, scene, reviewer, 1, warmUp).warmUp(runtime);
                    ground.permit().approve(RequestKind.OPERATION, request, reviewer, null);
                }
                long began = System.nanoTime();
                runtime.wake(request);
                talk.resumed();
                said.accept(DONE + String.format(Locale.ROOT, " %.3f", (System.nanoTime() - began) / 1e6));
            }
        }
    }

    /** What the children before it were told: the store may hold a turn that one of them did not end. */
    private void know(Scene scene) {
        for (int each = 1; each <= number; each++) {
            scene.user(each, 1);
        }
    }

    /** Says when a turn's tool is entered, and stays in it. */
    public void crash() throws InterruptedException {
        String[] id = {""};
        CountDownLatch never = new CountDownLatch(1);
        Scene scene = new Scene(ground.permit(), true, () -> {
            said.accept(AT_TOOL + " " + id[0]);
            try {
                var unused = never.await(ENDS_AFTER_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        know(scene);
        try (Database database = ground.store().open();
                AgentRuntime runtime = ground.start(database, scene);
                Talk talk = Talk.open(runtime, scene, Scene.PLAIN, number)) {
            id[0] = talk.id();
            talk.turn(1);
        }
    }
}
