package dev.countersign.replay;

import dev.countersign.core.Json;
import dev.countersign.tool.EffectIntent;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.util.List;

/** Tools without a server: every call ends as it did. One that was not made then ends the replay. */
final class RecordedTools implements ToolClient {
    private final Script script;

    RecordedTools(Script script) {
        this.script = script;
    }

    @Override
    public List<ToolInfo> tools() {
        return script.tools();
    }

    @Override
    public ToolOutcome call(ToolInvocation invocation) {
        return invocation.reference() != null ? filing(invocation) : ended(invocation);
    }

    private ToolOutcome filing(ToolInvocation invocation) {
        for (Recording.Asked asked : script.recording().approvals()) {
            if (asked.id().equals(invocation.idempotencyKey())) {
                for (Seen.Filed filed : script.seen().filings()) {
                    if (filed.call().equals(asked.call())) {
                        return filed.requestId() == null
                                ? new ToolOutcome.Failed(String.valueOf(filed.error()))
                                : new ToolOutcome.Succeeded(
                                        Json.write(Json.object().put("id", filed.requestId())));
                    }
                }
            }
        }
        throw script.diverged("request", "a filing", "none", invocation.tool() + " " + invocation.arguments());
    }

    private ToolOutcome ended(ToolInvocation invocation) {
        String thread = script.recording().thread().id();
        for (Seen.End end : script.seen().ends()) {
            boolean isIt = end.tool().equals(invocation.tool())
                    && EffectIntent.id(thread, end.call(), end.tool(), invocation.arguments())
                            .equals(invocation.idempotencyKey());
            if (isIt) {
                return outcome(end);
            }
        }
        throw script.diverged("", "a tool call", "none like it", invocation.tool() + " " + invocation.arguments());
    }

    static ToolOutcome outcome(Seen.End end) {
        return switch (end.word()) {
            case "succeeded" -> new ToolOutcome.Succeeded(end.text());
            case "not_sent" -> new ToolOutcome.NotSent(end.text());
            case "unknown" -> new ToolOutcome.Unknown(end.text());
            default -> new ToolOutcome.Failed(end.text());
        };
    }

    @Override
    public void close() {}
}
