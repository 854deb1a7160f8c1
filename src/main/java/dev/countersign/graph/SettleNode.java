package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.approval.Wish;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.core.Meters;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.tool.EffectIntent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.NodeActionWithConfig;
import org.bsc.langgraph4j.state.AgentState;

/**
 * Applies a decision, an expiry or a withdrawal (a person's answer to an unknown effect is {@link Resolving}'s): spends the approval once, runs the call it is bound to, if any, and tells the
 * model by a synthetic call of {@code await_decision} and its result, which no text of a user can look like.
 */
final class SettleNode implements NodeActionWithConfig<ThreadState> {
    private static final String APPROVED_ROLE = "_Approved_";
    private static final String USED_ELSEWHERE = "The one-time approval was already used elsewhere; nothing was done.";

    private static final String CHANGED =
            "The call is another one now than the one that was approved, and was given up; nothing was done.";

    private final Equipment equipment;
    private final ToolsNode tools;
    private final Resolving resolving;

    SettleNode(Equipment equipment, ToolsNode tools) {
        this.equipment = equipment;
        this.tools = tools;
        this.resolving = new Resolving(equipment, tools);
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Run run = Run.of(config);
        Incoming event = Incoming.parse(state.text(ThreadState.SETTLING).orElseThrow());
        boolean decides = event.kind() == EventKind.DECISION || event.kind() == EventKind.EXPIRY;
        if (!decides) {
            equipment.ports().acts().ready(run.turn());
        }
        if (event.kind() == EventKind.RESOLUTION) {
            return resolving.apply(state, run, event.body());
        }
        Settling settling = new Settling(state);
        boolean ofAll = event.kind() == EventKind.CANCEL && event.body().isEmpty();
        if (event.kind() == EventKind.CANCEL) {
            List<String> named = ofAll ? List.copyOf(settling.open) : List.of(event.body());
            named.stream().filter(settling.open::contains).forEach(id -> withdraw(run, id, settling));
        } else {
            run.decided(event.body())
                    .or(() -> equipment.ports().approvals().find(event.body()))
                    .filter(approval -> settling.open.contains(approval.id()))
                    .ifPresent(approval -> settle(run, approval, settling));
        }
        return settling.update(ofAll && run.thread().kind() == ThreadKind.JOB);
    }

    /** What this step adds to the state, while it is being collected. */
    private static final class Settling {
        private final int size;
        private final List<Message> messages = new ArrayList<>();
        private final List<String> open;
        private final List<String> unknown;

        Settling(ThreadState state) {
            this.size = state.messages().size();
            this.open = new ArrayList<>(state.strings(ThreadState.OPEN));
            this.unknown = new ArrayList<>(state.strings(ThreadState.UNKNOWN));
        }

        String nextCallId() {
            return "c" + (size + messages.size()) + "-0";
        }

        Map<String, Object> update(boolean jobCanceled) {
            Map<String, Object> update = new HashMap<>();
            update.put(ThreadState.MESSAGES, messages);
            update.put(ThreadState.OPEN, List.copyOf(open));
            update.put(ThreadState.UNKNOWN, List.copyOf(unknown));
            update.put(ThreadState.SETTLING, AgentState.MARK_FOR_REMOVAL);
            if (jobCanceled) {
                update.put(ThreadState.ENDING, "canceled");
            }
            return update;
        }
    }

    private void withdraw(Run run, String id, Settling settling) {
        Ports ports = equipment.ports();
        ports.approvals().find(id).ifPresent(approval -> {
            ports.leases().beforeSending(run.turn().lease());
            Approval now = ports.watcher().cancel(approval);
            run.turn().note(Notes.WITHDRAWN + id + "=" + now.state().name());
            if (now.state().isOpen()) {
                // Permit could not be asked, or still calls it pending: it stays open, the user is told so, and it is
                // tried
                // again until Permit answers.
                run.turn().stage(tx -> ports.upkeep().deadlines().withdrawSoon(tx, id));
                tell(run, now, "pending", settling);
            } else if (now.state() == ApprovalState.APPROVED) {
                renounce(run, now, settling);
            } else {
                settle(run, now, settling);
            }
        });
    }

    /** The withdrawal came before the yes in this thread's order of events: nothing runs, and the grant is given back. */
    private void renounce(Run run, Approval approval, Settling settling) {
        run.turn().stage(tx -> equipment.ports().upkeep().orphans().renounce(tx, approval));
        tell(run, approval, "canceled", settling);
        settling.open.remove(approval.id());
    }

    private void settle(Run run, Approval approval, Settling settling) {
        if (approval.decidedAt() != null) {
            Instant now = equipment.ports().clock().instant();
            String state = approval.state().name().toLowerCase(Locale.ROOT);
            Meters.decision(state, Duration.between(approval.decidedAt(), now));
        }
        switch (approval.state()) {
            case APPROVED -> {
                if (approval.withdrawn()) {
                    renounce(run, approval, settling);
                } else {
                    approved(run, approval, true, settling);
                }
            }
            // This very step was broken off after it had spent the approval: it goes on where it was.
            case SPENT -> approved(run, approval, false, settling);
            case DENIED, CANCELED, EXPIRED -> {
                tell(run, approval, approval.state().name().toLowerCase(Locale.ROOT), settling);
                settling.open.remove(approval.id());
            }
            // Nobody has decided it, whatever the event says; it stays open.
            default -> {}
        }
    }

    private void approved(Run run, Approval approval, boolean first, Settling settling) {
        Wish.BoundCall bound = approval.wish().bound();
        if (bound != null && !fits(run, approval, first)) {
            // Its owner gives up all that the thread waits for: what was approved as another call is given back.
            if (first) {
                renounce(run, approval, settling);
            } else {
                settling.open.remove(approval.id());
                tell(run, approval, "approved", settling);
                refuse(run, boundCall(run, bound, settling), CHANGED, settling);
            }
            return;
        }
        settling.open.remove(approval.id());
        if (bound == null) {
            run.turn().stage(tx -> equipment.ports().approvals().spend(tx, run.thread(), approval));
            tell(run, approval, "approved", settling);
            return;
        }
        if (first) {
            if (!holdsGrant(approval)) {
                run.turn().note(Notes.GRANT + approval.id() + "=" + Notes.USED);
                run.turn().stage(tx -> equipment.ports().approvals().spend(tx, run.thread(), approval));
                tell(run, approval, "approved", settling);
                refuse(run, boundCall(run, bound, settling), USED_ELSEWHERE, settling);
                return;
            }
            Ports ports = equipment.ports();
            ports.acts().write(run.turn(), tx -> ports.approvals().spend(tx, run.thread(), approval));
            ports.database().barrier();
        }
        equipment.ports().acts().ready(run.turn());
        tell(run, approval, "approved", settling);
        runBound(run, approval, bound, first, settling);
    }

    /**
     * Whether the call is still the one that was approved. Before anything is spent: a server that cannot be reached breaks this
     * off, to be done again later.
     *
     * @return false when it is not, and its owner wants nothing of it any more
     * @throws Unfit when it is not, and is still wanted
     */
    private boolean fits(Run run, Approval approval, boolean first) {
        Fit fit = Fit.of(approval, new Release.Agent(equipment.rules(), run.tools(equipment)));
        boolean sent = !first && isSent(run, approval);
        if (fit.resumes() || sent) {
            return true;
        }
        if (run.senses().cancelAsked()) {
            return false;
        }
        // It is held where it settles, with its event taken up.
        equipment.ports().acts().ready(run.turn());
        throw new Unfit(fit);
    }

    /** Whether the bound call was begun before this step was broken off: then the journal knows how it goes on. */
    private boolean isSent(Run run, Approval approval) {
        Wish.BoundCall bound = Objects.requireNonNull(approval.wish().bound());
        String effect = EffectIntent.id(run.thread().id(), bound.callId(), bound.tool(), bound.arguments());
        Ports ports = equipment.ports();
        return ports.effects()
                .find(Effects.site(ports, run.thread(), run.turn().lease().fence()), effect)
                .isPresent();
    }

    private void runBound(Run run, Approval approval, Wish.BoundCall bound, boolean first, Settling settling) {
        Message.ToolCall call = boundCall(run, bound, settling);
        Optional<String> refusal = consumeAtPermit(run, approval, first);
        if (refusal.isPresent()) {
            refuse(run, call, refusal.get(), settling);
            return;
        }
        run.turn().countToolCalls(1);
        ToolsNode.Ran ran = tools.run(run, call);
        settling.messages.add(ran.result(run));
        ran.unknownEffect().ifPresent(settling.unknown::add);
    }

    private static Message.ToolCall boundCall(Run run, Wish.BoundCall bound, Settling settling) {
        Message.ToolCall call = new Message.ToolCall(bound.callId(), bound.tool(), bound.arguments());
        settling.messages.add(Message.assistant("", List.of(call), run.senses().stamp()));
        return call;
    }

    private void refuse(Run run, Message.ToolCall call, String why, Settling settling) {
        Logged.refusal(run, equipment, call, Results.NOT_USABLE);
        settling.messages.add(Message.result(
                call, Results.error(Results.NOT_USABLE, why), true, run.senses().stamp()));
    }

    /**
     * Whether the one-time role is still there. Looked at before our row says spent: so a step that is gone through again, and
     * finds the row spent and the role gone, knows that it was there, and removed by itself.
     */
    private boolean holdsGrant(Approval approval) {
        if (approval.kind() != RequestKind.OPERATION) {
            return true;
        }
        Permit permit = equipment.ports().permit();
        List<String> held = permit.roles(approval.requester()).stream()
                .filter(role -> role.role().equals(APPROVED_ROLE) && role.resourceInstance() != null)
                .map(role -> String.valueOf(role.resourceInstance()))
                .toList();
        String asked = String.valueOf(approval.wish().resourceInstance());
        // A role names its instance by the key. So do most wishes: Permit is asked for the key of those that do not.
        return isOn(asked, held)
                || (!held.isEmpty()
                        && permit.instance(asked)
                                .map(instance -> isOn(instance.key(), held))
                                .orElse(false));
    }

    private static boolean isOn(String key, List<String> held) {
        return held.stream().anyMatch(instance -> instance.endsWith(":" + key));
    }

    /**
     * Removes the one-time role, which is the atomic step at Permit: only the caller that removed it may act. A step that is
     * gone through again may have removed it before it was broken off, so there its absence does not count against it; our own
     * row was spent under the fence before, so nobody else has come this far with this approval.
     */
    private Optional<String> consumeAtPermit(Run run, Approval approval, boolean first) {
        if (approval.kind() != RequestKind.OPERATION) {
            return Optional.empty();
        }
        // The role names no request: taken away too late, it may be that of a later approval.
        equipment.ports().leases().beforeSending(run.turn().lease());
        try {
            boolean removed = equipment
                    .ports()
                    .permit()
                    .unassign(
                            approval.requester(), APPROVED_ROLE, approval.wish().resourceInstance());
            if (removed || !first) {
                return Optional.empty();
            }
            run.turn().note(Notes.GRANT + approval.id() + "=" + Notes.USED);
            return Optional.of(USED_ELSEWHERE);
        } catch (PermitException e) {
            if (e.outcomeUnknown() || isPassing(e)) {
                // Nothing is decided yet: the step is gone through again, when Permit answers.
                throw e;
            }
            run.turn().note(Notes.GRANT + approval.id() + "=" + Notes.REFUSED + e.detail());
            return Optional.of(
                    "Permit did not confirm that the approval was still unused; nothing was done: " + e.detail());
        }
    }

    private static boolean isPassing(PermitException failure) {
        return failure.code().kind() == ErrorCode.Kind.UNREACHABLE
                || failure.code().kind() == ErrorCode.Kind.LIMITED;
    }

    private void tell(Run run, Approval approval, String status, Settling settling) {
        Message.ToolCall call = new Message.ToolCall(
                settling.nextCallId(),
                Results.AWAIT_DECISION,
                Json.write(Json.object().put("request_id", approval.requestId())));
        settling.messages.add(Message.assistant("", List.of(call), run.senses().stamp()));
        settling.messages.add(Message.result(
                call, Results.decision(approval, status), false, run.senses().stamp()));
        equipment.log().decided(run.owner().user(), run.thread().id(), String.valueOf(approval.requestId()), status);
    }
}
