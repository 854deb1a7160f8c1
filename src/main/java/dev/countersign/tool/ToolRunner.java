package dev.countersign.tool;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Traces;
import dev.countersign.thread.Lease;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Makes a tool call so that its effect happens at most once, whatever crashes in between (promise 4).
 *
 * <p>A tool that changes something gets a journal row before it is sent and its outcome after. After a crash, a call that was
 * dispatched is sent again, with the same idempotency key, only when its server declares it idempotent; otherwise it ends as
 * unknown, for a person to look at. A read-only tool needs no journal: running it again is harmless. Retries are bounded and
 * made for repeatable tools only. Never throws for what a tool does. Safe for use by many threads.
 */
public final class ToolRunner {
    /** The thread's lease is lost: the turn must stop without another act. */
    public static final ErrorCode LEASE_LOST = new ErrorCode("CS-410", ErrorCode.Kind.CONFLICT);

    private final EffectJournal journal;
    private final ToolClient client;
    private final RetryRule retry;
    private final Consumer<Duration> pause;
    private final Consumer<Lease> beforeSending;
    private final ToolCallLog log;

    /**
     * @param pause waits for the given time; the only clock here
     * @param beforeSending throws when the lease is lost; asked right before each sending, since this process may have stood
     *     still since the journal was asked
     */
    public ToolRunner(
            EffectJournal journal,
            ToolClient client,
            RetryRule retry,
            Consumer<Duration> pause,
            Consumer<Lease> beforeSending) {
        this(journal, client, new Circumspection(retry, pause, beforeSending, new ToolCallLog()));
    }

    public ToolRunner(EffectJournal journal, ToolClient client, Circumspection how) {
        this.journal = journal;
        this.client = client;
        this.retry = how.retry();
        this.pause = how.pause();
        this.beforeSending = how.beforeSending();
        this.log = how.log();
    }

    /** How calls are made: the constructor's arguments, and where they are logged. */
    public record Circumspection(
            RetryRule retry, Consumer<Duration> pause, Consumer<Lease> beforeSending, ToolCallLog log) {}

    /**
     * Runs the call to its end, or reads back how it ended before.
     *
     * @throws CountersignException {@code CS-410} or {@code CS-210} when the thread's lease is lost; nothing was sent then
     */
    public ToolOutcome run(ToolRun run) {
        long began = System.nanoTime();
        Traces.Span span = Traces.tool(run.tool().name(), run.callId());
        try {
            Ending ending = run.tool().readOnly() ? read(run) : effect(run);
            log.ended(run, ending.outcome(), ending.attempts(), Duration.ofNanos(System.nanoTime() - began));
            ToolCallLog.told(span, ending.outcome());
            return ending.outcome();
        } catch (CountersignException e) {
            span.failed(e.code().id());
            throw e;
        } finally {
            span.end();
        }
    }

    private Ending read(ToolRun run) {
        ToolOutcome outcome = call(run);
        int attempt = 1;
        while (mayRepeat(run, outcome, attempt)) {
            pause.accept(retry.pauseAfter(attempt));
            outcome = call(run);
            attempt++;
        }
        return new Ending(outcome, attempt);
    }

    private Ending effect(ToolRun run) {
        EffectIntent intent = run.intent();
        Dispatch dispatch = journal.dispatch(run.site(), intent);
        if (dispatch instanceof Dispatch.InDoubt doubt) {
            if (!intent.repeatable()) {
                return giveUp(run, intent, doubt.attempt());
            }
            dispatch = journal.repeat(run.site(), intent, doubt.attempt());
        }
        while (dispatch instanceof Dispatch.Go go) {
            ToolOutcome outcome = call(run);
            if (!mayRepeat(run, outcome, go.attempt())) {
                return record(run, intent, go.attempt(), outcome);
            }
            pause.accept(retry.pauseAfter(go.attempt()));
            dispatch = journal.repeat(run.site(), intent, go.attempt());
        }
        if (dispatch instanceof Dispatch.Ended ended) {
            return new Ending(ended.outcome(), 0);
        }
        throw leaseLost(run);
    }

    /** Somebody dispatched it and never came back: it may have happened, and it may not be done twice. */
    private Ending giveUp(ToolRun run, EffectIntent intent, int attempt) {
        ToolOutcome unknown = new ToolOutcome.Unknown(Words.error(
                "outcome_unknown",
                "This call was sent before an interruption, and nothing is known of its end. It was not sent again; a person"
                        + " must look whether it took effect."));
        return record(run, intent, attempt, unknown);
    }

    private Ending record(ToolRun run, EffectIntent intent, int attempt, ToolOutcome outcome) {
        if (journal.end(run.site(), intent, attempt, outcome)) {
            return new Ending(outcome, attempt);
        }
        // Another holder of the lease has moved this effect on; what the journal says counts, not what we saw.
        EffectRecord now = journal.find(run.site(), intent.id()).orElseThrow();
        if (now.state().ended()) {
            return new Ending(now.state().outcome(String.valueOf(now.outcome())), attempt);
        }
        throw leaseLost(run);
    }

    private ToolOutcome call(ToolRun run) {
        beforeSending.accept(new Lease(run.site().threadId(), run.site().fence()));
        return client.call(new ToolInvocation(
                run.tool().name(), run.arguments(), run.user(), run.intent().id(), run.reference()));
    }

    private boolean mayRepeat(ToolRun run, ToolOutcome outcome, int attempt) {
        boolean open = outcome instanceof ToolOutcome.NotSent || outcome instanceof ToolOutcome.Unknown;
        return open && run.tool().repeatable() && attempt < retry.attempts();
    }

    private static CountersignException leaseLost(ToolRun run) {
        return new CountersignException(
                LEASE_LOST,
                "thread " + run.site().threadId() + " is led by somebody else now, so the call of "
                        + run.tool().name() + " was left to them");
    }

    private record Ending(ToolOutcome outcome, int attempts) {}
}
