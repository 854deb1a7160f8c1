package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Principal;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.JobKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore;
import java.util.Optional;

/** Jobs that are submitted under a key: sent again, they are the same job. */
final class Jobs {
    private static final ErrorCode OTHER_JOB = new ErrorCode("CS-614", ErrorCode.Kind.UNPROCESSABLE);

    private final Ports ports;
    private final JobKeys keys;

    Jobs(Ports ports) {
        this.ports = ports;
        this.keys = new JobKeys(ports.database(), ports.clock());
    }

    /**
     * What is wished for.
     *
     * @param title the goal, cut
     */
    record Wish(Principal owner, String agent, String goal, String title) {}

    /**
     * A job.
     *
     * @param fresh whether this call created it
     */
    record Taken(String id, boolean fresh) {}

    /** Key, job and its first event in one transaction: after a crash there is all of it or nothing. */
    Taken submit(Wish wish, String given) {
        JobKeys.Key key = new JobKeys.Key(wish.owner().user(), given);
        Optional<String> known = keys.job(key);
        String id = ports.ids().newId();
        boolean fresh = known.isEmpty()
                && keys.claim(key, id, tx -> {
                    ports.threads()
                            .create(
                                    tx,
                                    new ThreadStore.NewThread(
                                            id, id, wish.owner().user(), wish.agent(), ThreadKind.JOB, wish.title()));
                    ports.threads().append(tx, id, EventKind.MESSAGE, wish.goal());
                });
        String job = fresh ? id : known.or(() -> keys.job(key)).orElseThrow();
        if (!fresh) {
            requireSame(wish, job);
        }
        // Also for what somebody else wrote a moment ago: this answer acknowledges it as well.
        ports.database().barrier();
        return new Taken(job, fresh);
    }

    private void requireSame(Wish wish, String job) {
        ThreadRow thread = ports.threads()
                .find(job)
                .orElseThrow(
                        () -> new CountersignException(
                                OTHER_JOB,
                                "this Idempotency-Key stands for a job that was erased since; expected a new key for a new job"));
        String goal = ports.threads().event(thread, 1).map(Event::body).orElse("");
        if (!thread.agent().equals(wish.agent()) || !goal.equals(wish.goal())) {
            throw new CountersignException(
                    OTHER_JOB,
                    "this Idempotency-Key stands for another job; expected the same agent and goal, or a new key");
        }
    }
}
