package dev.countersign.crash;

import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.util.List;

/** Makes the n-th call of a tool end otherwise than it does. */
final class FailingTools implements ToolClient {
    /** How. */
    enum Manner {
        /** It breaks with an exception before the call is made. */
        BREAK_BEFORE,
        /** It breaks with an exception after the tool has done it. */
        BREAK_AFTER,
        /** The tool has done it, and no answer came. */
        LOSE_THE_ANSWER
    }

    private final ToolClient real;
    private final Nth nth;
    private final Manner manner;

    FailingTools(ToolClient real, Nth nth, Manner manner) {
        this.real = real;
        this.nth = nth;
        this.manner = manner;
    }

    @Override
    public List<ToolInfo> tools() {
        return real.tools();
    }

    @Override
    public ToolOutcome call(ToolInvocation call) {
        boolean now = nth.isNow();
        if (now && manner == Manner.BREAK_BEFORE) {
            throw new IllegalStateException("broken on purpose before " + call.tool());
        }
        ToolOutcome outcome = real.call(call);
        if (now && manner == Manner.BREAK_AFTER) {
            throw new IllegalStateException("broken on purpose after " + call.tool());
        }
        return now ? new ToolOutcome.Unknown("{\"error\":\"outcome_unknown\"}") : outcome;
    }

    @Override
    public void close() {
        real.close();
    }
}
