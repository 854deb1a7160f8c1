package dev.countersign.model;

import dev.countersign.model.Interpreter.Reading;
import dev.countersign.model.Progress.Stage;
import dev.countersign.model.Progress.State;
import dev.countersign.model.Transcript.Exchange;
import dev.countersign.model.Transcript.Step;
import dev.countersign.model.Wish.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what to do next from the transcript alone: it holds no state of its own, so a restart between any two requests
 * changes nothing. Each exchange is read into wishes; the first one that can go on gives the next call.
 */
final class Planner {
    private static final int MEMORY_EXCHANGES = 12;

    private final Transcript transcript;
    private final Interpreter interpreter;
    private final Dialogue dialogue;
    private final Map<Integer, Plan> plans = new HashMap<>();

    Planner(Transcript transcript, Interpreter interpreter, Dialogue dialogue) {
        this.transcript = transcript;
        this.interpreter = interpreter;
        this.dialogue = dialogue;
    }

    /** What to do: a call, or words. Exactly one is present. */
    record Move(Optional<Call> call, String words) {
        static Move call(Call call) {
            return new Move(Optional.of(call), "");
        }

        static Move say(String words) {
            return new Move(Optional.empty(), words);
        }
    }

    /**
     * What an exchange asks for.
     *
     * @param list the listing to fetch before the words can be read
     * @param closes whether the user let go of what was asked before
     */
    record Plan(List<Wish> wishes, String words, Optional<String> list, boolean closes) {}

    /** A question that stands open: the wish it belongs to and, when a tool was refused, the remedy. */
    record Pending(Wish wish, Optional<Remedy> remedy, Optional<Call> refused) {}

    Move next() {
        if (transcript.exchanges().isEmpty()) {
            return Move.say(Narrator.HELLO);
        }
        return pursue(governing());
    }

    /** The exchange whose wishes the newest step serves: after a decision, the one that filed the request. */
    private int governing() {
        int last = transcript.last();
        List<Step> steps = transcript.exchanges().get(last).steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i).isDecision()) {
                return filedIn(steps.get(i)).orElse(last);
            }
        }
        return last;
    }

    private Optional<Integer> filedIn(Step decision) {
        return transcript.stepsFrom(0).stream()
                .filter(step -> step.position() < decision.position() && !step.isDecision())
                .filter(step -> Progress.names(step, decision.requestId()))
                .map(Step::exchange)
                .findFirst();
    }

    private Move pursue(int index) {
        Plan plan = plan(index);
        if (plan.list().isPresent()) {
            return Move.call(new Call(plan.list().get(), dev.countersign.core.Json.object()));
        }
        if (plan.wishes().isEmpty()) {
            return Move.say(undecided(plan));
        }
        Progress progress = new Progress(transcript.stepsFrom(index));
        List<State> states = new ArrayList<>();
        for (Wish wish : plan.wishes()) {
            State state = progress.of(wish);
            Optional<Call> call = callFor(state);
            if (call.isPresent()) {
                return Move.call(call.get());
            }
            states.add(state);
            if (state.stage() == Stage.WAITING) {
                break;
            }
        }
        return Move.say(Narrator.tell(states));
    }

    private Optional<Call> callFor(State state) {
        if (state.stage() == Stage.NEEDS_ANSWER) {
            return state.remedy()
                    .filter(dialogue::canFollow)
                    .flatMap(remedy -> state.wish()
                            .reason()
                            .filter(reason -> dialogue.asksReason(remedy))
                            .map(remedy::with));
        }
        return Optional.ofNullable(state.next());
    }

    private String undecided(Plan plan) {
        List<Step> steps = transcript.exchanges().get(transcript.last()).steps();
        if (!steps.isEmpty() && steps.get(steps.size() - 1).isDecision()) {
            return Narrator.decision(steps.get(steps.size() - 1));
        }
        return plan.words().isEmpty() ? dialogue.smallTalk() : plan.words();
    }

    private Plan plan(int index) {
        Plan known = plans.get(index);
        if (known == null) {
            known = makePlan(index);
            plans.put(index, known);
        }
        return known;
    }

    private Plan makePlan(int index) {
        Exchange exchange = transcript.exchanges().get(index);
        Optional<Pending> pending = pending(index - 1);
        List<Entity> names = names(index);
        if (pending.isPresent()) {
            Optional<Plan> answered = dialogue.answer(pending.get(), exchange.said(), recent(index));
            if (answered.isPresent()) {
                return answered.get();
            }
        }
        Optional<Plan> again = dialogue.again(exchange.said(), lastRefused(index));
        if (again.isPresent()) {
            return again.get();
        }
        Map<String, String> carried = carried(index);
        Optional<String> list = interpreter
                .listFirst(exchange.said(), carried)
                .filter(tool -> transcript.stepsFrom(index).stream()
                        .noneMatch(step -> step.call().tool().equals(tool)));
        if (list.isPresent()) {
            return new Plan(List.of(), "", list, false);
        }
        Reading reading = interpreter.read(exchange.said(), names, carried);
        List<Wish> wishes = reading.wishes().stream()
                .map(wish -> dialogue.recallId(wish, exchange.said(), transcript, index))
                .map(this::withFollowUp)
                .toList();
        return new Plan(wishes, reading.words(), Optional.empty(), false);
    }

    private Wish withFollowUp(Wish wish) {
        return wish.then().isPresent()
                ? wish
                : new Wish(
                        wish.tool(),
                        wish.arguments(),
                        wish.missing(),
                        wish.slots(),
                        interpreter.followUp(wish),
                        wish.reason());
    }

    private Optional<Pending> pending(int index) {
        if (index < 0 || index < transcript.last() - MEMORY_EXCHANGES) {
            return Optional.empty();
        }
        Plan plan = plan(index);
        if (plan.closes()) {
            return Optional.empty();
        }
        if (plan.wishes().isEmpty()) {
            return pending(index - 1);
        }
        Progress progress = new Progress(transcript.exchanges().get(index).steps());
        for (Wish wish : plan.wishes()) {
            State state = progress.of(wish);
            if (state.stage() == Stage.INCOMPLETE) {
                return Optional.of(new Pending(wish, Optional.empty(), Optional.empty()));
            }
            Step step = state.step();
            if (state.stage() == Stage.NEEDS_ANSWER && step != null) {
                return state.remedy()
                        .filter(dialogue::canFollow)
                        .map(remedy -> new Pending(wish, Optional.of(remedy), Optional.of(step.call())));
            }
        }
        return Optional.empty();
    }

    /** Names learnt from listings since an exchange began; older ones may have been renamed since. */
    private List<Entity> names(int index) {
        List<Entity> names = new ArrayList<>();
        for (Step step : transcript.stepsFrom(index)) {
            if (!step.failed()) {
                for (String slot : interpreter.slotsListedBy(step.call().tool())) {
                    Listing.entities(slot, step.result()).stream()
                            .filter(name -> !names.contains(name))
                            .forEach(names::add);
                }
            }
        }
        return names;
    }

    private List<Entity> recent(int index) {
        for (int i = index; i >= Math.max(0, index - MEMORY_EXCHANGES); i--) {
            List<Entity> names = names(i);
            if (!names.isEmpty()) {
                return names;
            }
        }
        return List.of();
    }

    /** What "it" and "there" stand for: the slots of the newest wish before. */
    private Map<String, String> carried(int index) {
        if (!Dialogue.pointsBack(transcript.exchanges().get(index).said())) {
            return Map.of();
        }
        for (int i = index - 1; i >= Math.max(0, index - MEMORY_EXCHANGES); i--) {
            List<Wish> wishes = plan(i).wishes();
            if (!wishes.isEmpty()) {
                Map<String, String> slots =
                        new HashMap<>(wishes.get(wishes.size() - 1).slots());
                slots.remove(SlotName.REASON);
                return slots;
            }
        }
        return Map.of();
    }

    private Optional<Step> lastRefused(int index) {
        List<Step> steps = transcript.stepsFrom(0).stream()
                .filter(step -> step.exchange() < index)
                .filter(step ->
                        Remedy.of(step.result()).filter(dialogue::canFollow).isPresent())
                .toList();
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
    }
}
