package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle;
import dev.countersign.approval.References;
import dev.countersign.approval.Wish;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.core.Traces;
import dev.countersign.permit.PermitRequest;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.Message;
import dev.countersign.tool.ApprovedCall;
import dev.countersign.tool.GateRules;
import dev.countersign.tool.ToolCallLog;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.NodeActionWithConfig;
import org.jspecify.annotations.Nullable;

/**
 * Files requests at Permit through the filing tools, each once (promise 3): the row comes first, then the filing under a
 * reference that rides in the reason; whoever comes back to a row that is still being filed looks for the reference at Permit
 * before filing again. The call is answered at once; the thread parks later.
 */
final class RequestNode implements NodeActionWithConfig<ThreadState> {
    private static final int REFERENCE_CHARS = 16;

    /** What our own tool servers call an outcome that they do not know. */
    private static final String OUTCOME_UNKNOWN = "outcome_unknown";

    private final Equipment equipment;

    RequestNode(Equipment equipment) {
        this.equipment = equipment;
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Run run = Run.of(config);
        Plan plan = Plan.parse(state.text(ThreadState.PLAN).orElse(Plan.EMPTY.json()));
        List<Message> results = new ArrayList<>();
        List<String> open = new ArrayList<>(state.strings(ThreadState.OPEN));
        for (Plan.Item item : plan.where(one -> !one.runs())) {
            Filed filed = file(run, item, open);
            results.add(Message.result(
                    item.call(), filed.text(), filed.failed(), run.senses().stamp()));
            filed.waitsFor().filter(id -> !open.contains(id)).ifPresent(open::add);
        }
        Map<String, Object> update = new HashMap<>();
        update.put(ThreadState.MESSAGES, results);
        update.put(ThreadState.OPEN, List.copyOf(open));
        update.put(ThreadState.PLAN, Plan.EMPTY.json());
        return update;
    }

    /** A filing's end: what the call is answered with, and the approval the thread now waits for. */
    private record Filed(String text, boolean failed, Optional<String> waitsFor) {}

    private Filed file(Run run, Plan.Item item, List<String> open) {
        Wish wish = wish(item);
        String digest = sameness(wish);
        String key = Digest.of("filing", run.thread().id(), item.callId(), digest);
        ApprovalStore approvals = equipment.ports().approvals();
        Optional<ApprovalStore.Standing> standing =
                approvals.standing(run.thread().id(), digest, key);
        Optional<Approval> begun =
                standing.filter(ApprovalStore.Standing::filing).map(ApprovalStore.Standing::approval);
        Optional<Approval> same = standing.filter(one -> !one.filing()).map(ApprovalStore.Standing::approval);
        // One that is granted already counts while its decision is still on its way to this thread.
        if (same.isPresent()
                && (same.get().state() == ApprovalState.PENDING
                        || open.contains(same.get().id()))) {
            return joined(same.get());
        }
        Approval approval = begun.orElseGet(() -> begin(run, item.callId(), key, digest, wish.under(terms(run, wish))));
        run.turn().note(Notes.APPROVAL + item.callId() + "=" + approval.id());
        return settled(run, item, approval, begun.isPresent());
    }

    /** What a bound call is asked under: the gate has judged it in this run with the very same. */
    private Wish.@Nullable Terms terms(Run run, Wish wish) {
        Wish.BoundCall bound = wish.bound();
        return bound == null
                ? null
                : ApprovedCall.termsOf(run.senses().roles(), run.catalogue(equipment), bound.tool(), bound.arguments())
                        .map(known -> new Wish.Terms(known.server(), known.reading(), known.roles()))
                        .orElse(null);
    }

    private static Filed joined(Approval earlier) {
        return new Filed(Results.pending(earlier, true), false, Optional.of(earlier.id()));
    }

    private Approval begin(Run run, String callId, String key, String digest, Wish wish) {
        Ports ports = equipment.ports();
        String reference = key.substring(0, REFERENCE_CHARS);
        Approval approval = ports.acts()
                .act(
                        run.turn(),
                        tx -> ports.approvals()
                                .begin(
                                        tx,
                                        new ApprovalStore.Filing(
                                                run.senses().approvalId(callId),
                                                key,
                                                reference,
                                                run.thread(),
                                                digest,
                                                wish)));
        ports.database().barrier();
        return approval;
    }

    private Filed settled(Run run, Plan.Item item, Approval approval, boolean again) {
        if (approval.state() == ApprovalState.FAILED) {
            return new Filed(
                    Results.error("not_filed", "The request was not taken by Permit."), true, Optional.empty());
        }
        if (approval.state() != ApprovalState.FILING) {
            return new Filed(Results.pending(approval, false), false, Optional.of(approval.id()));
        }
        if (again) {
            equipment.ports().acts().ready(run.turn());
            // Whoever began it may still be at it, frozen somewhere: what that one files besides is looked after.
            equipment
                    .ports()
                    .database()
                    .useTransaction(tx -> equipment.ports().upkeep().orphans().lookAfter(tx, approval.id()));
        }
        Optional<PermitRequest> found = again ? references().best(approval) : Optional.empty();
        if (found.isPresent()) {
            return pending(run, approval, found.get().id());
        }
        ToolOutcome outcome = call(run, item, approval);
        Optional<String> id =
                outcome instanceof ToolOutcome.Succeeded ? Results.requestId(outcome.text()) : Optional.empty();
        if (id.isEmpty()) {
            return withoutId(run, approval, outcome);
        }
        boolean isOurs = Results.reference(outcome.text())
                .map(approval.reference()::equals)
                .orElse(true);
        return isOurs ? pending(run, approval, id.get()) : pendingElsewhere(run, approval, id.get());
    }

    private References references() {
        return new References(equipment.ports().permit());
    }

    /** A filing that told no id: it may have arrived all the same, so Permit is asked before it counts as failed. */
    private Filed withoutId(Run run, Approval approval, ToolOutcome outcome) {
        Optional<PermitRequest> found = references().best(approval);
        if (found.isPresent()) {
            return pending(run, approval, found.get().id());
        }
        refused(run, approval, mayStillArrive(outcome));
        return new Filed(outcome.text(), true, Optional.empty());
    }

    /** The tool server may know as little as we do, and says so. */
    private static boolean mayStillArrive(ToolOutcome outcome) {
        return outcome instanceof ToolOutcome.Unknown || outcome.text().contains(OUTCOME_UNKNOWN);
    }

    /** Permit takes no second request while one is pending for the same, and that one is not ours. */
    private Filed pendingElsewhere(Run run, Approval approval, String requestId) {
        Optional<Approval> earlier = equipment.ports().approvals().byRequest(requestId);
        if (earlier.isPresent()) {
            return theirs(run, approval, earlier.get());
        }
        refused(run, approval, false);
        return new Filed(
                Results.error(
                        "asked_elsewhere",
                        "A request for the same is pending at Permit already, with id " + requestId
                                + ", and was not filed from this conversation. Its decision does not arrive here; once it is decided or"
                                + " withdrawn, ask again."),
                true,
                Optional.empty());
    }

    private Filed pending(Run run, Approval approval, String requestId) {
        Ports ports = equipment.ports();
        Optional<Approval> earlier = ports.approvals().byRequest(requestId);
        if (earlier.isPresent()) {
            return theirs(run, approval, earlier.get());
        }
        Approval now = filed(run, approval, requestId);
        return new Filed(Results.pending(now, false), false, Optional.of(now.id()));
    }

    /** The filing was answered with a request that stands for an earlier approval: one decision is never given to two. */
    private Filed theirs(Run run, Approval approval, Approval earlier) {
        refused(run, approval, false);
        if (earlier.threadId().equals(run.thread().id()) && earlier.state().isOpen()) {
            return joined(earlier);
        }
        return new Filed(
                Results.error(
                        "asked_before",
                        "Permit answered with request " + earlier.requestId()
                                + ", which another conversation or an earlier wish has filed. Its decision goes there; nothing"
                                + " waits for it here."),
                true,
                Optional.empty());
    }

    /** Gives back the approval as it is now, also when somebody else has moved it on. */
    private Approval filed(Run run, Approval approval, String requestId) {
        Ports ports = equipment.ports();
        ApprovalStore.Facts facts = new ApprovalStore.Facts(requestId, null, null, null);
        try {
            Optional<Approval> moved = ports.acts()
                    .act(
                            run.turn(),
                            tx -> ports.approvals().move(tx, run.thread(), approval, Lifecycle.Move.FILED, facts));
            return moved.orElseGet(() -> ports.approvals().find(approval.id()).orElseThrow());
        } catch (LostLease e) {
            ports.upkeep().orphans().filedInVain(approval, requestId);
            throw e;
        }
    }

    /** Ends it as not filed; one that may still arrive is looked after. */
    private void refused(Run run, Approval approval, boolean mayStillArrive) {
        Ports ports = equipment.ports();
        ports.acts().write(run.turn(), tx -> {
            ports.approvals().move(tx, run.thread(), approval, Lifecycle.Move.REFUSED, ApprovalStore.Facts.NONE);
            if (mayStillArrive) {
                ports.upkeep().orphans().lookAfter(tx, approval.id());
            }
        });
    }

    private ToolOutcome call(Run run, Plan.Item item, Approval approval) {
        Plan.Filing filing = filing(item);
        long began = equipment.ports().clock().millis();
        equipment.ports().leases().beforeSending(run.turn().lease());
        ToolOutcome outcome = sent(run, item, approval);
        equipment
                .log()
                .filed(
                        run.owner().user(),
                        run.thread().id(),
                        filing.tool(),
                        outcome,
                        Duration.ofMillis(equipment.ports().clock().millis() - began));
        return outcome;
    }

    private ToolOutcome sent(Run run, Plan.Item item, Approval approval) {
        Plan.Filing filing = filing(item);
        Traces.Span span = Traces.tool(filing.tool(), item.callId());
        try {
            ToolOutcome outcome = equipment
                    .tools()
                    .call(new ToolInvocation(
                            filing.tool(), filing.arguments(), run.owner(), approval.id(), approval.reference()));
            ToolCallLog.told(span, outcome);
            return outcome;
        } finally {
            span.end();
        }
    }

    private static Wish wish(Plan.Item item) {
        Plan.Filing filing = filing(item);
        JsonNode arguments = Json.read(filing.arguments());
        Wish.BoundCall bound = item.action() == Plan.Action.ASK
                ? new Wish.BoundCall(item.callId() + "-approved", item.tool(), item.arguments())
                : null;
        return new Wish(
                filing.kind(),
                item.tool(),
                item.arguments(),
                bound,
                text(arguments, "resource_instance"),
                text(arguments, "role"),
                text(arguments, "operation"),
                String.valueOf(text(arguments, "reason")),
                Duration.ofMillis(filing.deadlineMillis()),
                after(filing.remindMillis()),
                after(filing.escalateMillis()));
    }

    private static @Nullable Duration after(long millis) {
        return millis == 0 ? null : Duration.ofMillis(millis);
    }

    /** Equal for wishes that one decision answers: other words for the reason do not make it another wish. */
    private static String sameness(Wish wish) {
        Wish.BoundCall bound = wish.bound();
        return Digest.of(
                wish.kind().name(),
                String.valueOf(wish.resourceInstance()),
                String.valueOf(wish.role()),
                String.valueOf(wish.operation()),
                bound == null ? "" : GateRules.digest(bound.tool(), bound.arguments()));
    }

    private static Plan.Filing filing(Plan.Item item) {
        if (item.filing() == null) {
            throw new IllegalStateException("a call that files nothing is not a request: " + item.tool());
        }
        return item.filing();
    }

    private static @Nullable String text(JsonNode arguments, String name) {
        JsonNode value = arguments.path(name);
        return value.isTextual() || value.isNumber() ? value.asText() : null;
    }
}
