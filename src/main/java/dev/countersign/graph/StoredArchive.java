package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The archive over the store: one row more than is asked for is read, to know whether the list goes on. */
final class StoredArchive implements Archive {
    private static final ErrorCode NO_CHECKPOINT = new ErrorCode("CS-615", ErrorCode.Kind.NOT_FOUND);

    /** How far back from a thread's end the words before an approval are looked for. */
    private static final int LOOKED_THROUGH = 500;

    private final Ports ports;
    private final Effects effects;
    private final Function<ThreadRow, ThreadView> view;

    StoredArchive(Ports ports, Effects effects, Function<ThreadRow, ThreadView> view) {
        this.ports = ports;
        this.effects = effects;
        this.view = view;
    }

    @Override
    public Page<ThreadView> threads(Principal owner, @Nullable ThreadKind kind, Slice slice) {
        return page(
                ports.threads().ownedBy(owner.user(), kind, slice.after(), slice.limit() + 1),
                slice,
                row -> new Mark(row.createdAt().toEpochMilli(), row.id()),
                view);
    }

    @Override
    public Page<ApprovalView> requestedBy(Principal requester, boolean openOnly, Slice slice) {
        String user = requester.user();
        return page(
                openOnly
                        ? ports.approvals().pages().openOf(user, slice.after(), slice.limit() + 1)
                        : ports.approvals().pages().of(user, slice.after(), slice.limit() + 1),
                slice,
                StoredArchive::asked,
                Views::of);
    }

    @Override
    public Page<ApprovalView> decidedBy(Principal reviewer, Slice slice) {
        return page(
                ports.approvals().pages().decidedBy(reviewer.user(), slice.after(), slice.limit() + 1),
                slice,
                row -> new Mark(decidedAt(row).toEpochMilli(), row.id()),
                Views::of);
    }

    private static Instant decidedAt(Approval approval) {
        Instant decided = approval.decidedAt();
        return decided == null ? approval.createdAt() : decided;
    }

    @Override
    public Page<ApprovalView> approvals(Slice slice) {
        return page(
                ports.approvals().pages().all(slice.after(), slice.limit() + 1),
                slice,
                StoredArchive::asked,
                Views::of);
    }

    private static Mark asked(Approval row) {
        return new Mark(row.createdAt().toEpochMilli(), row.id());
    }

    @Override
    public Optional<ApprovalView> approval(String id) {
        return ports.approvals()
                .find(id)
                .or(() -> ports.approvals().byRequest(id))
                .map(Views::of);
    }

    @Override
    public Map<String, ApprovalView> byRequests(Collection<String> requests) {
        Map<String, ApprovalView> byRequest = new HashMap<>();
        for (Approval approval : ports.approvals().pages().byRequests(requests)) {
            byRequest.put(String.valueOf(approval.requestId()), Views.of(approval));
        }
        return byRequest;
    }

    @Override
    public List<Entry> before(ApprovalView approval, int limit) {
        Transcript transcript = ports.checkpoints().transcript(ports.threads().get(approval.threadId()));
        int from = Math.max(0, transcript.size() - LOOKED_THROUGH);
        Deque<Entry> last = new ArrayDeque<>();
        long position = from;
        for (Message message : transcript.once(from, transcript.size())) {
            position++;
            boolean said =
                    message.role() != Message.Role.TOOL && !message.text().isBlank();
            if (said && !message.at().isAfter(approval.createdAt())) {
                last.add(Views.entry(position, message));
            }
            if (last.size() > limit) {
                last.remove();
            }
        }
        return List.copyOf(last);
    }

    @Override
    public Page<EffectView> unknownEffects(Principal owner, Slice slice) {
        return page(
                effects.unknownOf(owner, slice.after(), slice.limit() + 1),
                slice,
                row -> new Mark(row.createdAt().toEpochMilli(), row.id()),
                Function.identity());
    }

    @Override
    public List<ThreadView> held(Principal owner, int limit) {
        return new Holding(ports)
                .ownedBy(owner.user(), limit).stream().map(view).toList();
    }

    @Override
    public Page<CheckpointView> checkpoints(Principal owner, String threadId, Slice slice) {
        requireOwn(owner, threadId);
        return page(
                ports.checkpoints().page(threadId, slice.after().at(), slice.limit() + 1),
                slice,
                row -> new Mark(row.seq(), row.id()),
                StoredArchive::view);
    }

    @Override
    public CheckpointView checkpoint(Principal owner, String threadId, String id) {
        requireOwn(owner, threadId);
        return ports.checkpoints()
                .byId(threadId, id)
                .map(StoredArchive::view)
                .orElseThrow(() -> new CountersignException(
                        NO_CHECKPOINT, "there is no such checkpoint of this thread; its checkpoints are listed"));
    }

    private static CheckpointView view(CheckpointStore.Stored stored) {
        Transcript transcript = (Transcript) stored.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
        return new CheckpointView(
                stored.id(),
                stored.seq(),
                stored.parentId(),
                stored.node(),
                stored.nextNode(),
                transcript.size(),
                stored.fingerprint(),
                stored.at());
    }

    private void requireOwn(Principal owner, String threadId) {
        if (!ownerOf(threadId).equals(Optional.of(owner))) {
            throw ThreadStore.notFound(threadId);
        }
    }

    @Override
    public Optional<Principal> ownerOf(String threadId) {
        return ports.threads().find(threadId).map(thread -> new Principal(thread.owner()));
    }

    @Override
    public List<Standing> standing(Collection<String> threads) {
        return ports.threads().standing(threads).stream()
                .map(thread -> new Standing(thread.id(), thread.messages(), thread.status()))
                .toList();
    }

    @Override
    public boolean isShared() {
        return !ports.database().isExclusive();
    }

    @Override
    public Instant now() {
        return ports.clock().instant();
    }

    private static <R, T> Page<T> page(List<R> oneMore, Slice slice, Function<R, Mark> mark, Function<R, T> view) {
        boolean more = oneMore.size() > slice.limit();
        List<R> rows = more ? oneMore.subList(0, slice.limit()) : oneMore;
        return new Page<>(rows.stream().map(view).toList(), more ? mark.apply(rows.get(rows.size() - 1)) : null);
    }
}
