package dev.countersign.graph;

import dev.countersign.core.Digest;
import dev.countersign.log.DecisionLog;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.thread.Message;
import dev.countersign.tool.EffectWitness;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the graph writes into the decision log by itself; approvals do it where they move. */
final class Logged {
    private Logged() {}

    /** Every step of an effect that the outside could notice, in the transaction that journals it. */
    static EffectWitness effects(DecisionLog log) {
        return (tx, step) -> {
            @Nullable LogKind kind = kind(step);
            if (kind != null) {
                LogEntry.Place place = new LogEntry.Place(step.threadId(), step.effectId(), step.owner());
                Map<String, String> facts = Map.of("tool", step.tool(), "arguments_digest", step.argumentDigest());
                log.append(tx, LogEntry.of(kind, place, facts));
            }
        };
    }

    /** Intents are left out: nothing has been sent, and the dispatch says the same again. */
    private static @Nullable LogKind kind(EffectWitness.Step step) {
        return switch (step.state()) {
            case INTENT -> null;
            case DISPATCHED -> LogKind.EFFECT_DISPATCHED;
            case SUCCEEDED -> LogKind.EFFECT_SUCCEEDED;
            case FAILED -> LogKind.EFFECT_FAILED;
            case NOT_SENT -> LogKind.EFFECT_NOT_SENT;
            case UNKNOWN -> LogKind.EFFECT_UNKNOWN;
        };
    }

    /**
     * A call that was refused, with the checkpoint that answers it. The tool's name is the model's own word where there is no such
     * tool, and stays out then; the digest binds it all the same.
     */
    static void refusal(Run run, Equipment equipment, Message.ToolCall call, String code) {
        boolean known =
                equipment.catalogue().stream().anyMatch(tool -> tool.name().equals(call.tool()));
        Map<String, @Nullable String> facts = new HashMap<>();
        facts.put("tool", known ? call.tool() : null);
        facts.put("arguments_digest", Digest.of(call.tool(), call.arguments()));
        facts.put("code", code);
        LogEntry.Place place =
                new LogEntry.Place(run.thread().id(), call.id(), run.owner().user());
        run.turn().stage(tx -> equipment.ports().log().append(tx, LogEntry.of(LogKind.CALL_REFUSED, place, facts)));
    }
}
