package dev.countersign.endtoend;

import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Tools that get into trouble once, at the next call of the tool that is named. */
final class Troubled implements ToolClient {
    /** What happens, after the tool has done what it was told. */
    enum Kind {
        /** The answer is lost. */
        NO_ANSWER,
        /** The turn breaks off, as when its process dies. */
        BREAK_OFF
    }

    /** What is to happen. */
    record Trouble(String tool, Kind kind) {}

    private final ToolClient real;
    private final AtomicReference<Trouble> next;

    Troubled(ToolClient real, AtomicReference<Trouble> next) {
        this.real = real;
        this.next = next;
    }

    @Override
    public List<ToolInfo> tools() {
        return real.tools();
    }

    @Override
    public ToolOutcome call(ToolInvocation call) {
        ToolOutcome outcome = real.call(call);
        Trouble trouble = next.get();
        if (trouble == null || !trouble.tool().equals(call.tool()) || !next.compareAndSet(trouble, null)) {
            return outcome;
        }
        if (trouble.kind() == Kind.BREAK_OFF) {
            throw new IllegalStateException("broken off on purpose after " + call.tool());
        }
        return new ToolOutcome.Unknown("{\"error\":\"outcome_unknown\",\"message\":\"no answer came\"}");
    }

    @Override
    public void close() {
        real.close();
    }
}
