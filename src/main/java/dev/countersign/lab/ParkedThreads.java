package dev.countersign.lab;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.checkpoint.Imprints;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/**
 * Fills a store with parked threads. One is really run until it parks; the others are written through the same stores, a few
 * hundred in a transaction: thread and key, event, messages, every checkpoint, the approval and its rows in the decision log,
 * each with ids of its own. What differs from a thread that was run: no lease was ever taken, so its fence is 0.
 */
final class ParkedThreads {
    static final int PER_USER = 100;
    private static final int TOGETHER = 250;
    private static final String FIRST = "user0";

    private final Ports ports;
    private final QuietPermit permit;

    ParkedThreads(Ports ports, QuietPermit permit) {
        this.ports = ports;
        this.permit = permit;
    }

    /** What a parked thread consists of. */
    private record Pattern(ThreadRow thread, Approval approval, List<CheckpointStore.Stored> steps) {}

    /** Parks that many threads, a hundred of each user; returns the ids of their requests. */
    List<String> park(int count) throws InterruptedException {
        Pattern pattern = run();
        Imprints imprints = new Imprints(ports.checkpoints());
        List<String> requests = new ArrayList<>(count);
        requests.add(Objects.requireNonNull(pattern.approval.requestId()));
        for (int done = 1; done < count; done += TOGETHER) {
            int from = done;
            int to = Math.min(count, done + TOGETHER);
            ports.database().useTransaction(tx -> {
                for (int i = from; i < to; i++) {
                    String user = "user" + i / PER_USER;
                    ThreadRow thread = ports.threads()
                            .create(
                                    tx,
                                    new ThreadStore.NewThread(
                                            ports.ids().newId(),
                                            ports.ids().newId(),
                                            user,
                                            Gated.NAME,
                                            ThreadKind.CHAT,
                                            pattern.thread.title()));
                    ports.threads().append(tx, thread.id(), EventKind.MESSAGE, words(pattern));
                    String reference = ports.ids().newId().substring(0, 16);
                    Approval filing = ports.approvals()
                            .begin(
                                    tx,
                                    new ApprovalStore.Filing(
                                            ports.ids().newId(),
                                            ports.ids().newId(),
                                            reference,
                                            thread,
                                            pattern.approval.argumentDigest(),
                                            pattern.approval.wish()));
                    PermitRequest filed = permit.file(draft(pattern, user, reference));
                    ports.approvals()
                            .move(
                                    tx,
                                    filing,
                                    Lifecycle.Move.FILED,
                                    new ApprovalStore.Facts(filed.id(), null, null, null));
                    Map<String, String> renamed = Map.of(
                            pattern.approval.id(),
                            filing.id(),
                            Objects.requireNonNull(pattern.approval.requestId()),
                            filed.id());
                    imprints.write(tx, thread, steps(pattern, renamed), ThreadStatus.PARKED);
                    requests.add(filed.id());
                }
            });
        }
        ports.database().barrier();
        return requests;
    }

    private static String words(Pattern pattern) {
        return messages(pattern.steps.get(pattern.steps.size() - 1)).get(0).text();
    }

    private static List<Message> messages(CheckpointStore.Stored step) {
        Transcript transcript = (Transcript) step.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
        return transcript.slice(0, transcript.size());
    }

    private static RequestDraft draft(Pattern pattern, String user, String reference) {
        var wish = pattern.approval.wish();
        return new RequestDraft(
                wish.kind(), user, wish.resourceInstance(), null, wish.operation(), wish.reason(), reference);
    }

    private Pattern run() throws InterruptedException {
        Principal user = new Principal(FIRST);
        Pace pace = new Pace(Duration.ofHours(1), Duration.ofSeconds(30), 2);
        try (AgentRuntime runtime =
                Agents.start(ports, List.of(Gated.outfit(permit, unused -> {})), pace, pause -> {})) {
            String id = runtime.open(user, Gated.NAME, ThreadKind.CHAT, "bench").id();
            CountDownLatch ended = new CountDownLatch(1);
            AgentRuntime.Subscription news = runtime.listen(user, id, live -> {
                if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
                    ended.countDown();
                }
            });
            runtime.send(user, id, "please drop the thing");
            ended.await();
            news.close();
            List<CheckpointStore.Stored> steps =
                    new ArrayList<>(ports.checkpoints().page(id, Long.MAX_VALUE, 100));
            Collections.reverse(steps);
            return new Pattern(
                    ports.threads().get(id), ports.approvals().openOf(id).get(0), List.copyOf(steps));
        }
    }

    private List<CheckpointStore.Stored> steps(Pattern pattern, Map<String, String> renamed) {
        List<CheckpointStore.Stored> steps = new ArrayList<>();
        for (CheckpointStore.Stored step : pattern.steps) {
            Map<String, Object> state = new HashMap<>();
            step.state().forEach((key, value) -> state.put(key, renamed(value, renamed)));
            List<Message> messages =
                    messages(step).stream().map(one -> renamed(one, renamed)).toList();
            state.put(CheckpointStore.MESSAGES, Transcript.empty().plus(messages));
            steps.add(new CheckpointStore.Stored(
                    step.seq(),
                    ports.ids().newId(),
                    null,
                    step.node(),
                    step.nextNode(),
                    state,
                    step.fingerprint(),
                    step.at()));
        }
        return steps;
    }

    private static Message renamed(Message message, Map<String, String> names) {
        return new Message(
                message.role(),
                (String) renamed((Object) message.text(), names),
                message.calls(),
                message.callId(),
                message.tool(),
                message.error(),
                message.at());
    }

    private static Object renamed(Object value, Map<String, String> names) {
        if (value instanceof String text) {
            String now = text;
            for (Map.Entry<String, String> name : names.entrySet()) {
                now = now.replace(name.getKey(), name.getValue());
            }
            return now;
        }
        return value instanceof List<?> list
                ? list.stream().map(one -> renamed(one, names)).toList()
                : value;
    }
}
