package dev.countersign.web;

import dev.countersign.graph.AgentRuntime.ApprovalView;
import org.jspecify.annotations.Nullable;

/** What a request asks for, in words. */
final class Asked {
    private Asked() {}

    static String of(ApprovalView approval, NameBook names) {
        return of(approval.kind(), approval.operation(), names.instance(approval.resourceInstance()));
    }

    private static String of(String kind, @Nullable String operation, String instance) {
        if (kind.equals("access")) {
            return "access to " + (instance.isEmpty() ? "everything" : instance);
        }
        return (operation == null ? "an operation" : operation) + (instance.isEmpty() ? "" : " at " + instance);
    }
}
