package dev.countersign.server;

import dev.countersign.approval.ApprovalFigures;
import dev.countersign.graph.Ports;
import dev.countersign.replay.History;

/** What looks back: at the steps of one thread, and at all approvals in figures. */
public record Hindsight(History history, ApprovalFigures figures) {
    /** Over the stores of a runtime. */
    public static Hindsight over(Ports ports) {
        return new Hindsight(History.over(ports), new ApprovalFigures(ports.database()));
    }
}
