package dev.countersign.model;

import dev.countersign.core.Json;
import dev.countersign.model.Transcript.Step;
import dev.countersign.model.Wish.Call;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far each wish of an exchange has come, read off the transcript alone. Asked wish by wish in order; a step counts for
 * one wish only, so the same wish twice means two calls.
 */
final class Progress {
    private static final Set<String> WAITING_WORDS = Set.of("created", "pending", "filed", "waiting");
    private static final Pattern FILED_TEXT = Pattern.compile("(?i)\\b(filed|pending|waiting for)\\b");

    private final List<Step> steps;
    private final Set<Integer> used = new HashSet<>();

    Progress(List<Step> steps) {
        this.steps = steps;
    }

    /** The stages of a wish. */
    enum Stage {
        INCOMPLETE,
        NOT_STARTED,
        NEEDS_ANSWER,
        WAITING,
        NEXT,
        APPROVED,
        DENIED,
        DONE,
        FAILED
    }

    /**
     * A wish's stage.
     *
     * @param step the step that tells the stage; null before the first
     * @param next the call to make now, for NOT_STARTED and NEXT
     * @param decision the decision that led here; null when none did
     */
    record State(
            Wish wish,
            Stage stage,
            @Nullable Step step,
            @Nullable Call next,
            @Nullable Step decision) {
        Optional<Remedy> remedy() {
            return step == null ? Optional.empty() : Remedy.of(step.result());
        }
    }

    State of(Wish wish) {
        if (!wish.isComplete()) {
            return new State(wish, Stage.INCOMPLETE, null, null, null);
        }
        Step first = take(0, step -> same(step.call(), wish.call()));
        if (first == null) {
            return new State(wish, Stage.NOT_STARTED, null, wish.call(), null);
        }
        Optional<Remedy> remedy = Remedy.of(first.result());
        if (remedy.isPresent()) {
            Step filing = take(first.position(), step -> remedy.get().isFiledBy(step.call()));
            return filing == null
                    ? new State(wish, Stage.NEEDS_ANSWER, first, null, null)
                    : decided(wish, filing, Optional.of(first.call()));
        }
        if (first.failed()) {
            return new State(wish, Stage.FAILED, first, null, null);
        }
        return files(first) ? decided(wish, first, wish.then()) : new State(wish, Stage.DONE, first, null, null);
    }

    private State decided(Wish wish, Step filing, Optional<Call> then) {
        if (filing.failed()) {
            return new State(wish, Stage.FAILED, filing, null, null);
        }
        Step decision = take(filing.position(), step -> step.isDecision() && names(filing, step.requestId()));
        if (decision == null) {
            return new State(wish, Stage.WAITING, filing, null, null);
        }
        if (!decision.result().path("status").asText().equals("approved")) {
            return new State(wish, Stage.DENIED, decision, null, decision);
        }
        if (then.isEmpty()) {
            return new State(wish, Stage.APPROVED, decision, null, decision);
        }
        Step done = take(decision.position(), step -> same(step.call(), then.get()));
        if (done == null) {
            return new State(wish, Stage.NEXT, decision, then.get(), decision);
        }
        return new State(wish, done.failed() ? Stage.FAILED : Stage.DONE, done, null, decision);
    }

    static boolean names(Step filing, String requestId) {
        return !requestId.isEmpty() && filing.text().contains(requestId);
    }

    private static boolean files(Step step) {
        String status = step.result().path("status").asText("").toLowerCase(Locale.ROOT);
        return step.result().isMissingNode() ? FILED_TEXT.matcher(step.text()).find() : WAITING_WORDS.contains(status);
    }

    /** Compared as text: a number that was read back from the transcript is a node of another class than the one written. */
    private static boolean same(Call left, Call right) {
        return left.tool().equals(right.tool())
                && Json.canonical(left.arguments()).equals(Json.canonical(right.arguments()));
    }

    private @Nullable Step take(int after, Predicate<Step> wanted) {
        for (Step step : steps) {
            if (step.position() >= after && !used.contains(step.position()) && wanted.test(step)) {
                used.add(step.position());
                return step;
            }
        }
        return null;
    }
}
