package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.approval.Wish;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.AgentView;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ToolRisk;
import dev.countersign.thread.Message;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Rows as people see them. */
public final class Views {
    private Views() {}

    static AgentView of(AgentDefinition agent) {
        List<ToolRisk> risks = agent.policy().risks().entrySet().stream()
                .map(of -> new ToolRisk(
                        of.getKey(), of.getValue().level().word(), of.getValue().note()))
                .sorted(Comparator.comparing(ToolRisk::tool))
                .toList();
        return new AgentView(agent.name(), agent.title(), risks);
    }

    static ApprovalView of(Approval approval) {
        Wish wish = approval.wish();
        return new ApprovalView(
                approval.id(),
                approval.threadId(),
                approval.requestId(),
                lower(wish.kind()),
                lower(approval.state()),
                approval.requester(),
                approval.agent(),
                wish.tool(),
                Json.read(wish.arguments()),
                wish.reason(),
                wish.resourceInstance(),
                wish.operation(),
                approval.reviewer(),
                approval.comment(),
                approval.createdAt(),
                approval.deadline(),
                approval.decidedAt());
    }

    /** One line about an approval: what is asked for, and where it stands. */
    static String line(Approval approval) {
        Wish wish = approval.wish();
        StringBuilder line = new StringBuilder(lower(wish.kind()));
        line.append(wish.operation() == null ? "" : " to " + wish.operation());
        line.append(wish.role() == null ? "" : " as " + wish.role());
        line.append(wish.resourceInstance() == null ? "" : " on " + wish.resourceInstance());
        line.append(": ").append(lower(approval.state()));
        line.append(approval.reviewer() == null ? "" : " by " + approval.reviewer());
        line.append(approval.comment() == null ? "" : " (" + approval.comment() + ")");
        line.append(approval.requestId() == null ? "" : ", request " + approval.requestId());
        return line.toString();
    }

    /** A message at a position of its transcript, from 1. */
    public static Entry entry(long position, Message message) {
        List<Call> calls = message.calls().stream()
                .map(call -> new Call(call.id(), call.tool(), call.arguments()))
                .toList();
        return new Entry(position, lower(message.role()), message.text(), message.tool(), calls, message.at());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
