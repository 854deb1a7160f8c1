package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.countersign.tool.GateRules;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.UserRoles;
import dev.countersign.tool.Verdict;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the gate decides about one call of a model's answer: what the rules say of it, unless the user withdrew it or the answer has
 * more calls than its agent may make at once. The gate's node asks it, and so does whoever wants to know what the gate would say.
 * Pure and immutable: it does nothing. Safe for use by many threads.
 */
public final class Judging {
    private static final String WITHDRAWN = "canceled";

    private final GateRules rules;
    private final int callsMax;

    Judging(GateRules rules, Limits limits) {
        this.rules = rules;
        this.callsMax = limits.callsPerStep();
    }

    /** As the gate of this agent decides. */
    public static Judging of(AgentDefinition agent) {
        return new Judging(new GateRules(agent.policy()), agent.limits());
    }

    /**
     * What the gate knows of the world when it decides.
     *
     * @param canceled whether the user had withdrawn what is under way
     * @param roles of the user; asked for only where they matter
     * @param catalogue every tool of the agent's servers; none when they could not be reached
     */
    public record Circumstance(boolean canceled, Supplier<UserRoles> roles, List<ToolInfo> catalogue) {
        public Circumstance {
            catalogue = List.copyOf(catalogue);
        }
    }

    /**
     * Judges one call.
     *
     * @param position among the calls of its answer, from 0
     */
    public Verdict judge(Circumstance now, Message.ToolCall call, int position) {
        if (now.canceled()) {
            return new Verdict.Refuse(WITHDRAWN, "The user withdrew this before it was done; nothing was done.");
        }
        if (position >= callsMax) {
            return new Verdict.Refuse(
                    "too_many_calls", "At most " + callsMax + " calls fit in one message; ask again.");
        }
        return rules.judge(now.roles().get(), now.catalogue(), call.tool(), call.arguments());
    }
}
