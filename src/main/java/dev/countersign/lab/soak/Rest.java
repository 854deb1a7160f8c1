package dev.countersign.lab.soak;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a thread rests: what it was told is answered, what was decided is told, what it waits for is really undecided, and
 * nothing was added between two looks.
 */
final class Rest {
    private static final Set<String> MOVING = Set.of("filing", "approved");

    private final Set<String> undecided = new HashSet<>();
    private final Map<String, List<String>> expected;

    /**
     * @param expected by thread: the messages it has acknowledged
     */
    Rest(List<Evidence.AtPermit> requests, Map<String, List<String>> expected) {
        this.expected = expected;
        for (Evidence.AtPermit request : requests) {
            if (request.status().equals("pending")) {
                undecided.add(request.id());
            }
        }
    }

    boolean has(Optional<Evidence.Told> before, Optional<Evidence.Told> now) {
        return before.isPresent() && now.isPresent() && before.get().equals(now.get()) && has(now.get());
    }

    private boolean has(Evidence.Told thread) {
        if (thread.status().equals("RUNNING")) {
            return false;
        }
        Set<String> said = thread.entries().stream().map(Evidence.Entry::text).collect(Collectors.toSet());
        boolean lastWordsSaid = thread.entries().isEmpty()
                || thread.entries().get(thread.entries().size() - 1).role().equals("assistant");
        return lastWordsSaid
                && said.containsAll(expected.getOrDefault(thread.id(), List.of()))
                && thread.approvals().stream().allMatch(approval -> isStill(thread, approval));
    }

    private boolean isStill(Evidence.Told thread, Evidence.Approval approval) {
        if (approval.state().equals("pending")) {
            // A deadline of seconds passes while we look.
            return undecided.contains(approval.requestId()) && !approval.tool().equals("brief");
        }
        return !MOVING.contains(approval.state())
                && (approval.state().equals("failed")
                        || Tellings.of(thread, approval.requestId()).decided() > 0);
    }
}
