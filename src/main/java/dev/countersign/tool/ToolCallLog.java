package dev.countersign.tool;

import dev.countersign.core.Digest;
import dev.countersign.core.Meters;
import dev.countersign.core.Traces;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One structured line for every tool call, refusals and reads included: who, in which thread, what, with which outcome, how
 * long it took. Logger {@code countersign.tools}, facts as key-value pairs. Arguments and results never stand in it, only the
 * digest of the arguments. Safe for use by many threads.
 */
public final class ToolCallLog {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.tools");

    private final boolean isSilent;

    public ToolCallLog() {
        this(false);
    }

    private ToolCallLog(boolean isSilent) {
        this.isSilent = isSilent;
    }

    /** One that says nothing and counts nothing: where calls are only answered from a record, none was made. */
    public static ToolCallLog silent() {
        return new ToolCallLog(true);
    }

    /** A call that the gate refused; the name is the model's own word and is shown with harmless letters only. */
    public void refused(String user, String threadId, String tool, String arguments, Verdict.Refuse refusal) {
        if (isSilent) {
            return;
        }
        Meters.refusedCall();
        LOG.atWarn()
                .addKeyValue("user", user)
                .addKeyValue("thread", threadId)
                .addKeyValue("tool", Words.brief(tool))
                .addKeyValue("arguments_digest", Digest.of(tool, arguments))
                .addKeyValue("outcome", "refused")
                .addKeyValue("code", refusal.code())
                .log("tool call refused");
    }

    /** A call that was made, or whose earlier outcome was read back. */
    void ended(ToolRun run, ToolOutcome outcome, int attempts, Duration took) {
        if (isSilent) {
            return;
        }
        Meters.toolCall(run.tool().name(), outcome.word(), took);
        LOG.atInfo()
                .addKeyValue("user", run.user().user())
                .addKeyValue("thread", run.site().threadId())
                .addKeyValue("tool", run.tool().name())
                .addKeyValue("server", run.tool().server())
                .addKeyValue("arguments_digest", GateRules.digest(run.tool().name(), run.arguments()))
                .addKeyValue("outcome", outcome.word())
                .addKeyValue("attempts", attempts)
                .addKeyValue("took_ms", took.toMillis())
                .log("tool call");
    }

    /** A call that filed a request at Permit; it has a record of its own, so it does not go through the effect journal. */
    public void filed(String user, String threadId, String tool, ToolOutcome outcome, Duration took) {
        if (isSilent) {
            return;
        }
        Meters.toolCall(tool, outcome.word(), took);
        LOG.atInfo()
                .addKeyValue("user", user)
                .addKeyValue("thread", threadId)
                .addKeyValue("tool", tool)
                .addKeyValue("outcome", outcome.word())
                .addKeyValue("took_ms", took.toMillis())
                .log("request filed");
    }

    /** The same for whoever traces. */
    public static void told(Traces.Span span, ToolOutcome outcome) {
        span.fact("countersign.tool.outcome", outcome.word());
        if (!(outcome instanceof ToolOutcome.Succeeded)) {
            span.failed(outcome.word());
        }
    }

    /** A decision that was applied to a thread. */
    public void decided(String user, String threadId, String requestId, String status) {
        if (isSilent) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("user", user)
                .addKeyValue("thread", threadId)
                .addKeyValue("request", requestId)
                .addKeyValue("outcome", status)
                .log("decision applied");
    }
}
