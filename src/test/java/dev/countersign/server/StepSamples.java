package dev.countersign.server;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.replay.Change;
import dev.countersign.replay.Step;
import java.time.Instant;
import java.util.List;

/** Steps as a history tells them, without a conversation behind them. */
public final class StepSamples {
    private static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");

    private StepSamples() {}

    /** A step that did all there is, in words that would like to be more than words. */
    public static Step everything(long seq) {
        return new Step(
                "step-" + seq,
                seq,
                seq == 1 ? null : "step-" + (seq - 1),
                "tools",
                "model",
                AT.plusSeconds(seq),
                "print",
                2,
                new Step.Consumed(1, "decision", "approval-1", AT),
                List.of(
                        new Change(
                                "plan.items",
                                Change.Kind.ADDED,
                                null,
                                Json.object().put("toolName", 1)),
                        new Change(
                                "steps",
                                Change.Kind.CHANGED,
                                Json.read("1"),
                                Json.mapper().valueToTree(2)),
                        new Change("open", Change.Kind.REMOVED, Json.read("\"<b>\\u001b[31mred\""), null)),
                List.of(
                        new Entry(1, "user", "<script>alert(1)</script>\u001b[31m", null, List.of(), AT),
                        new Entry(
                                2,
                                "assistant",
                                "",
                                null,
                                List.of(new Call("c1", "order_dish", "{\"dish\":\"x\"}")),
                                AT)),
                List.of(
                        new Step.Called(
                                "c1",
                                "order_dish",
                                "{\"dish\":\"<img src=x onerror=alert(1)>\"}",
                                "unknown",
                                new Step.Journaled("0123456789abcdef", "unknown", 1, AT, null)),
                        new Step.Called("c2", "list\u0007_dishes", "{}", "refused", null)),
                List.of(new Step.Touched(
                        "approval-1",
                        "settled",
                        "spent",
                        "operation",
                        "order_dish",
                        "3",
                        "order_dish: Foie\u001b[2J Gras",
                        "request-1",
                        "joe",
                        "enjoy\u001b[0m",
                        AT)));
    }

    /** A step that did nothing but ask for an approval. */
    public static Step asking(long seq, Instant at, String approval) {
        return new Step(
                "step-" + seq,
                seq,
                seq == 1 ? null : "step-" + (seq - 1),
                "request",
                "model",
                at,
                "print",
                2,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(new Step.Touched(
                        approval,
                        "asked",
                        "pending",
                        "access",
                        "create_access_request",
                        "3",
                        null,
                        "request-2",
                        null,
                        null,
                        null)));
    }
}
