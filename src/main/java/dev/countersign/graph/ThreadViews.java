package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Threads as people see them: with the last words of a job that is over, and what is waited for. */
final class ThreadViews {
    private final Ports ports;

    ThreadViews(Ports ports) {
        this.ports = ports;
    }

    ThreadView of(ThreadRow thread) {
        boolean over = thread.kind() == ThreadKind.JOB
                && (thread.status() == ThreadStatus.DONE
                        || thread.status() == ThreadStatus.FAILED
                        || thread.status() == ThreadStatus.CANCELED);
        boolean waits = thread.standing() == ThreadStatus.PARKED || thread.status() == ThreadStatus.NEEDS_ATTENTION;
        return new ThreadView(
                thread.id(),
                thread.owner(),
                thread.agent(),
                thread.kind(),
                thread.standing(),
                thread.title(),
                thread.messages(),
                thread.toolCalls(),
                over ? lastWords(thread) : null,
                waits ? waitingFor(thread) : null,
                thread.createdAt(),
                thread.updatedAt());
    }

    private String lastWords(ThreadRow thread) {
        List<Message> last = ports.checkpoints().transcript(thread).last(1);
        return last.isEmpty() ? "" : last.get(0).text();
    }

    private String waitingFor(ThreadRow thread) {
        Optional<String> held = new Holding(ports).words(thread);
        if (held.isPresent()) {
            return held.get();
        }
        List<String> lines = new ArrayList<>();
        for (Approval approval : ports.approvals().openOf(thread.id())) {
            lines.add(Views.line(approval));
        }
        return lines.isEmpty()
                ? "a person to look: an effect's outcome is unknown ('countersign effects' lists it), or its turn broke off again and again"
                : String.join("; ", lines);
    }
}
