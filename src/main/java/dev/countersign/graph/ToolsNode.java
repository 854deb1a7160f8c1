package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.countersign.tool.EffectIntent;
import dev.countersign.tool.EffectSite;
import dev.countersign.tool.EffectState;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolOutcome;
import dev.countersign.tool.ToolRun;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.NodeActionWithConfig;

/** Runs what the gate let through, each call through the effect journal, and writes down one result for each. */
final class ToolsNode implements NodeActionWithConfig<ThreadState> {
    private final Equipment equipment;

    ToolsNode(Equipment equipment) {
        this.equipment = equipment;
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Run run = Run.of(config);
        Plan plan = Plan.parse(state.text(ThreadState.PLAN).orElse(Plan.EMPTY.json()));
        List<Message> results = new ArrayList<>();
        List<String> unknown = new ArrayList<>(state.strings(ThreadState.UNKNOWN));
        for (Plan.Item item : plan.where(Plan.Item::runs)) {
            Ran ran = run(run, item.call());
            results.add(ran.result(run));
            ran.unknownEffect().ifPresent(unknown::add);
        }
        Map<String, Object> update = new HashMap<>();
        update.put(ThreadState.MESSAGES, results);
        update.put(ThreadState.UNKNOWN, List.copyOf(unknown));
        update.put(ThreadState.PLAN, new Plan(plan.where(item -> !item.runs())).json());
        return update;
    }

    /**
     * A call's end.
     *
     * @param unknownEffect the journal's id when nobody knows whether it happened
     */
    record Ran(Message.ToolCall call, String text, boolean error, Optional<String> unknownEffect) {
        /** As a message, written down now. */
        Message result(Run run) {
            return Message.result(call, text, error, run.senses().stamp());
        }
    }

    /** Runs one call as the thread's owner; also used by settle for the call an approval is bound to. */
    Ran run(Run run, Message.ToolCall call) {
        Optional<ToolInfo> tool = run.catalogue(equipment).stream()
                .filter(one -> one.name().equals(call.tool()))
                .findFirst();
        EffectSite site = site(run);
        if (tool.isEmpty() && wasSent(run, site, call)) {
            tool = Optional.of(nowhere(call));
        }
        if (tool.isEmpty()) {
            String gone = Results.error("tool_gone", "The tool is not offered any more; nothing was done.");
            return new Ran(call, gone, true, Optional.empty());
        }
        if (!tool.get().readOnly()) {
            equipment.ports().acts().ready(run.turn());
        }
        ToolOutcome outcome =
                equipment.runner().run(new ToolRun(site, call.id(), tool.get(), call.arguments(), run.owner(), null));
        if (outcome instanceof ToolOutcome.Unknown || outcome instanceof ToolOutcome.NotSent) {
            run.turn().note(Notes.OUTCOME + call.id() + "=" + outcome.word());
        }
        boolean unknown = outcome instanceof ToolOutcome.Unknown && !tool.get().readOnly();
        String effect = EffectIntent.of(site.threadId(), call.id(), tool.get(), call.arguments())
                .id();
        return new Ran(
                call,
                outcome.text(),
                !(outcome instanceof ToolOutcome.Succeeded),
                unknown ? Optional.of(effect) : Optional.empty());
    }

    /** It may have happened before the turn was broken off; that its server cannot be reached now says nothing of that. */
    private boolean wasSent(Run run, EffectSite site, Message.ToolCall call) {
        String id = EffectIntent.id(run.thread().id(), call.id(), call.tool(), call.arguments());
        return equipment
                .ports()
                .effects()
                .find(site, id)
                .filter(effect -> effect.state() != EffectState.INTENT)
                .isPresent();
    }

    /** Stands for a tool that is not there: nothing is known of it, so nothing is sent again, and the journal has the word. */
    private static ToolInfo nowhere(Message.ToolCall call) {
        ToolSpecification specification =
                ToolSpecification.builder().name(call.tool()).build();
        return new ToolInfo("", specification, false, false);
    }

    private EffectSite site(Run run) {
        return new EffectSite(
                run.thread().id(),
                run.thread().owner(),
                run.turn().lease().fence(),
                equipment.ports().keys().of(run.thread().logId()));
    }
}
