package dev.countersign.graph;

import dev.countersign.core.Json;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.tool.EffectJournal.Resolution;
import dev.countersign.tool.EffectRecord;
import dev.countersign.tool.EffectSite;
import dev.countersign.tool.EffectState;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bsc.langgraph4j.state.AgentState;

/**
 * Applies a person's answer to an unknown effect, and tells the model by a synthetic call of {@code await_outcome} and its
 * result, which no text of a user can look like.
 *
 * <p>A step that was broken off is gone through again. What happened or did not is written with the checkpoint; a call that is
 * sent again is opened in the journal first, for the one attempt that was answered: so whoever comes back finds it waiting to be
 * sent, or sent, and never sends it a second time for one answer.
 */
final class Resolving {
    private static final String CONFIRMED = "A person looked, and says that this call took effect.";
    private static final String REFUTED =
            "A person looked, and says that this call had no effect. It was not sent again.";
    private static final String AGAIN = "A person had this call sent once more. The outcome is that of this sending.";
    private static final String UNSENT =
            "A person wanted this call sent once more, but it could not be sent. Of the sending before that"
                    + " nothing more is known.";
    private static final String NOT_NOW =
            "A person wanted this call sent once more, but it is not allowed now; nothing was sent, and its outcome is still"
                    + " unknown.";

    private final Equipment equipment;
    private final ToolsNode tools;

    Resolving(Equipment equipment, ToolsNode tools) {
        this.equipment = equipment;
        this.tools = tools;
    }

    /** Whether the answer counts where the thread stands: for the sending that it was given for, and no other. */
    static boolean counts(Ports ports, ThreadRow thread, String body) {
        Answer answer = Answer.parse(body);
        return ports.effects()
                .find(Effects.site(ports, thread, 0), answer.effect())
                .filter(effect -> isMeant(effect, answer))
                .isPresent();
    }

    private static boolean isMeant(EffectRecord effect, Answer answer) {
        return effect.state() == EffectState.UNKNOWN && effect.attempts() == answer.attempt();
    }

    /** Where the thread does not wait any more, the journal alone learns what happened; nothing is sent from there. */
    static void aside(Ports ports, Lease lease, ThreadRow thread, String body) {
        Answer answer = Answer.parse(body);
        if (answer.resolution() != Resolution.RETRY && counts(ports, thread, body)) {
            EffectSite site = Effects.site(ports, thread, lease.fence());
            ports.database().useTransaction(tx -> {
                if (ports.effects().resolve(tx, site, answer.effect(), answer.resolution())) {
                    ports.log().append(tx, entry(thread, answer));
                }
            });
        }
    }

    Map<String, Object> apply(ThreadState state, Run run, String body) {
        Answer answer = Answer.parse(body);
        List<String> unknown = new ArrayList<>(state.strings(ThreadState.UNKNOWN));
        List<Message> messages = new ArrayList<>();
        Optional<EffectRecord> found = find(run, answer);
        if (found.isPresent() && unknown.contains(answer.effect())) {
            Told told = answer.resolution() == Resolution.RETRY ? again(run, answer, found.get()) : said(run, answer);
            if (!told.stillUnknown()) {
                unknown.remove(answer.effect());
            }
            messages.addAll(pair(run, state.messages().size(), found.get(), told));
        }
        Map<String, Object> update = new HashMap<>();
        update.put(ThreadState.MESSAGES, messages);
        update.put(ThreadState.UNKNOWN, List.copyOf(unknown));
        update.put(ThreadState.SETTLING, AgentState.MARK_FOR_REMOVAL);
        return update;
    }

    /** What the model is told. */
    private record Told(String status, String message, String outcome, boolean error, boolean stillUnknown) {}

    private Told said(Run run, Answer answer) {
        Ports ports = equipment.ports();
        run.turn().stage(tx -> {
            if (!ports.effects().resolve(tx, site(run), answer.effect(), answer.resolution())) {
                throw new LostLease(run.turn().lease());
            }
            ports.log().append(tx, entry(run.thread(), answer));
        });
        return answer.resolution() == Resolution.CONFIRM
                ? new Told("confirmed", CONFIRMED, "", false, false)
                : new Told("refuted", REFUTED, "", true, false);
    }

    private Told again(Run run, Answer answer, EffectRecord effect) {
        Ports ports = equipment.ports();
        // Before anything else: a server that cannot be reached breaks this off, to be done again later.
        List<ToolInfo> offered = run.tools(equipment);
        if (isMeant(effect, answer)) {
            if (isRefused(run, offered, effect)) {
                run.turn().stage(tx -> ports.effects().askAgain(tx, site(run), answer.effect()));
                return new Told("unknown", NOT_NOW, "", true, true);
            }
            ports.database().useTransaction(tx -> {
                if (!ports.effects().resolve(tx, site(run), answer.effect(), Resolution.RETRY)) {
                    throw new LostLease(run.turn().lease());
                }
                ports.log().append(tx, entry(run.thread(), answer));
            });
        }
        run.turn().countToolCalls(1);
        ToolsNode.Ran ran = tools.run(run, new Message.ToolCall(effect.callId(), effect.tool(), effect.arguments()));
        boolean open = ran.unknownEffect().isPresent();
        boolean unsent = find(run, answer).orElseThrow().state() == EffectState.NOT_SENT;
        return new Told(
                open ? "unknown" : unsent ? "not_sent" : "retried",
                unsent ? UNSENT : AGAIN,
                ran.text(),
                ran.error(),
                open);
    }

    /** One that needs an approval had it for just this call, so only a refusal stands in the way. */
    private boolean isRefused(Run run, List<ToolInfo> offered, EffectRecord effect) {
        return equipment.rules().judge(run.senses().roles(), offered, effect.tool(), effect.arguments())
                instanceof Verdict.Refuse;
    }

    private static List<Message> pair(Run run, int size, EffectRecord effect, Told told) {
        Message.ToolCall call = new Message.ToolCall(
                "c" + size + "-0",
                Results.AWAIT_OUTCOME,
                Json.write(Json.object().put("effect_id", effect.id())));
        return List.of(
                Message.assistant("", List.of(call), run.senses().stamp()),
                Message.result(
                        call,
                        Results.outcome(effect, told.status(), told.message(), told.outcome()),
                        told.error(),
                        run.senses().stamp()));
    }

    private Optional<EffectRecord> find(Run run, Answer answer) {
        return equipment.ports().effects().find(site(run), answer.effect());
    }

    private EffectSite site(Run run) {
        return Effects.site(equipment.ports(), run.thread(), run.turn().lease().fence());
    }

    private static LogEntry entry(ThreadRow thread, Answer answer) {
        LogEntry.Place place = new LogEntry.Place(thread.id(), answer.effect(), thread.owner());
        Map<String, String> facts =
                Map.of("answer", answer.resolution().name(), "attempt", Integer.toString(answer.attempt()));
        return LogEntry.of(LogKind.EFFECT_RESOLVED, place, facts);
    }
}
