package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.countersign.tool.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.NodeActionWithConfig;

/** Judges each call of the model's last message: refusals are answered at once, the rest becomes the plan. Acts on nothing. */
final class GateNode implements NodeActionWithConfig<ThreadState> {
    private final Equipment equipment;
    private final Judging judging;

    GateNode(Equipment equipment) {
        this.equipment = equipment;
        this.judging = new Judging(equipment.rules(), equipment.agent().limits());
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Run run = Run.of(config);
        Message asked = state.messages().last(1).get(0);
        boolean canceled = run.senses().cancelAsked();
        var now = new Judging.Circumstance(canceled, run.senses()::roles, run.catalogue(equipment));
        List<Message> refusals = new ArrayList<>();
        List<Plan.Item> items = new ArrayList<>();
        int position = 0;
        for (Message.ToolCall call : asked.calls()) {
            Verdict verdict = judging.judge(now, call, position++);
            if (verdict instanceof Verdict.Refuse refusal) {
                equipment.log().refused(run.owner().user(), run.thread().id(), call.tool(), call.arguments(), refusal);
                Logged.refusal(run, equipment, call, refusal.code());
                refusals.add(
                        Message.result(call, refusal.text(), true, run.senses().stamp()));
            } else {
                items.add(item(call, verdict));
            }
        }
        run.turn().countToolCalls(asked.calls().size());
        Map<String, Object> update = new HashMap<>();
        update.put(ThreadState.MESSAGES, refusals);
        update.put(ThreadState.PLAN, new Plan(items).json());
        return update;
    }

    private static Plan.Item item(Message.ToolCall call, Verdict verdict) {
        if (verdict instanceof Verdict.Run go) {
            return new Plan.Item(Plan.Action.RUN, call.id(), call.tool(), go.arguments(), null);
        }
        if (verdict instanceof Verdict.File file) {
            Plan.Filing filing = Plan.Filing.of(file.kind(), call.tool(), file.arguments(), file.waiting());
            return new Plan.Item(Plan.Action.FILE, call.id(), call.tool(), file.arguments(), filing);
        }
        if (verdict instanceof Verdict.Ask ask) {
            Plan.Filing filing =
                    Plan.Filing.of(ask.kind(), ask.filingTool().name(), ask.filingArguments(), ask.waiting());
            return new Plan.Item(
                    Plan.Action.ASK, call.id(), call.tool(), ask.bound().arguments(), filing);
        }
        throw new IllegalStateException("a verdict of a new kind: " + verdict.word());
    }
}
