package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.model.Interpreter.Reading;
import dev.countersign.model.Planner.Pending;
import dev.countersign.model.Planner.Plan;
import dev.countersign.model.Transcript.Step;
import dev.countersign.model.Wish.Missing;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The give and take between exchanges: answers to questions, "again", "it", and letting go. */
final class Dialogue {
    private static final Pattern LETS_GO = Pattern.compile(
            "(?i)^\\W*(?:no|nope|nah|no thanks?(?: you)?|never ?mind|forget (?:it|about it)|leave it|drop it|cancel(?: (?:it|that))?|stop|skip it|not now|i changed my mind)\\b[^?]{0,30}$");
    private static final Pattern AGAIN = Pattern.compile(
            "(?i)\\b(?:again|once more|one more time|re-?try|re-?submit|anew|re-?request|another try)\\b\\s*[,:;.-]*\\s*(.*)$",
            Pattern.DOTALL);
    private static final Pattern POINTS_BACK =
            Pattern.compile("(?i)\\b(?:it|that|there|them|this|the same|same one|this one|that one|again)\\b");
    private static final double SURE = 0.75;

    private final Interpreter interpreter;
    private final SlotFiller filler;
    private final Phrasebook phrasebook;
    private final Map<String, ToolSpecification> offered;

    Dialogue(
            Interpreter interpreter, SlotFiller filler, Phrasebook phrasebook, Map<String, ToolSpecification> offered) {
        this.interpreter = interpreter;
        this.filler = filler;
        this.phrasebook = phrasebook;
        this.offered = offered;
    }

    static boolean pointsBack(String text) {
        return POINTS_BACK.matcher(text).find();
    }

    /** A suggestion counts only when its tool is on offer and takes what the user is to be asked for. */
    boolean canFollow(Remedy remedy) {
        ToolSpecification tool = offered.get(remedy.tool());
        return tool != null && new ToolSchema(tool).parameters().keySet().containsAll(remedy.askUserFor());
    }

    boolean asksReason(Remedy remedy) {
        return remedy.askUserFor().size() == 1
                && SlotName.ofParameter(remedy.askUserFor().get(0)).equals(SlotName.REASON);
    }

    /** What a text means as the answer to an open question; empty when it is about something else. */
    Optional<Plan> answer(Pending pending, String text, List<Entity> names) {
        if (LETS_GO.matcher(text).matches()) {
            return Optional.of(new Plan(List.of(), "All right, I leave it at that.", Optional.empty(), true));
        }
        if (Guard.refuse(text).isPresent()) {
            return Optional.empty();
        }
        Missing first = pending.remedy()
                .map(remedy -> remedy.askUserFor().get(0))
                .map(field -> new Missing(field, SlotName.ofParameter(field), List.of()))
                .orElseGet(() -> pending.wish().missing().get(0));
        return first.slot().equals(SlotName.REASON)
                ? reasonAnswer(pending, text, names)
                : otherAnswer(pending.wish(), first, text, names);
    }

    private Optional<Plan> reasonAnswer(Pending pending, String text, List<Entity> names) {
        if (!Reasons.opens(text) && isAboutSomethingElse(pending, text, names)) {
            return Optional.empty();
        }
        if (!Reasons.isReason(text)) {
            return Optional.empty();
        }
        String reason = Reasons.fromAnswer(text);
        Wish wish = pending.remedy()
                .map(remedy -> filing(remedy, reason, pending.refused()))
                .orElseGet(() -> refill(pending.wish(), "", names, Map.of(SlotName.REASON, reason)));
        return Optional.of(plan(wish));
    }

    private boolean isAboutSomethingElse(Pending pending, String text, List<Entity> names) {
        if (text.strip().endsWith("?")) {
            return true;
        }
        Reading reading = interpreter.read(text, names, Map.of());
        boolean command = interpreter.isCommand(text, reading.top());
        if (reading.wishes().isEmpty()) {
            return command && reading.chance() >= SURE;
        }
        boolean otherWish = reading.wishes().get(0).isComplete()
                && !reading.top().equals(pending.wish().tool());
        return reading.chance() >= SURE && (command || otherWish);
    }

    private static Wish filing(Remedy remedy, String reason, Optional<Wish.Call> refused) {
        Wish.Call call = remedy.with(reason);
        return new Wish(call.tool(), call.arguments(), List.of(), Map.of(), refused, Optional.of(reason));
    }

    private Optional<Plan> otherAnswer(Wish wish, Missing missing, String text, List<Entity> names) {
        Wish filled = refill(wish, text, names, Map.of());
        boolean helped = filled.missing().size() < wish.missing().size()
                || !filled.arguments().equals(wish.arguments());
        Reading reading = interpreter.read(text, names, Map.of());
        boolean elsewhere = !reading.wishes().isEmpty()
                && reading.chance() >= SURE
                && !reading.top().equals(wish.tool())
                && reading.wishes().get(0).isComplete();
        if (elsewhere) {
            return Optional.empty();
        }
        if (helped) {
            return Optional.of(plan(filled));
        }
        boolean open = !phrasebook.vocabulary().containsKey(missing.slot())
                && !missing.slot().equals(SlotName.ID);
        boolean brief = Tokens.plain(text).size() <= 6 && reading.wishes().isEmpty() && reading.chance() < SURE;
        return open && brief && !text.strip().endsWith("?")
                ? Optional.of(plan(refill(wish, "", names, Map.of(missing.slot(), text.strip()))))
                : Optional.empty();
    }

    private Wish refill(Wish wish, String text, List<Entity> names, Map<String, String> more) {
        ToolSpecification tool = offered.get(wish.tool());
        if (tool == null) {
            return wish;
        }
        Map<String, String> slots = new HashMap<>(wish.slots());
        slots.putAll(more);
        return filler.fill(tool, Utterance.read(text, interpreter.linker(names)), slots)
                .get(0);
    }

    private Plan plan(Wish wish) {
        Wish whole = wish.then().isPresent()
                ? wish
                : new Wish(
                        wish.tool(),
                        wish.arguments(),
                        wish.missing(),
                        wish.slots(),
                        interpreter.followUp(wish),
                        wish.reason());
        return new Plan(List.of(whole), "", Optional.empty(), false);
    }

    /** "Ask again, because …": the last refused call, or the request for it with a new reason. */
    Optional<Plan> again(String text, Optional<Step> refused) {
        var matcher = AGAIN.matcher(text);
        if (refused.isEmpty() || !matcher.find() || Guard.refuse(text).isPresent()) {
            return Optional.empty();
        }
        Reading reading = interpreter.read(text, List.of(), Map.of());
        boolean elsewhere = reading.wishes().stream()
                .anyMatch(wish -> !wish.slots().isEmpty()
                        && wish.slots().keySet().stream().anyMatch(slot -> !slot.equals(SlotName.REASON)));
        Optional<Remedy> remedy = Remedy.of(refused.get().result());
        if (elsewhere || remedy.isEmpty()) {
            return Optional.empty();
        }
        String rest = matcher.group(1);
        Optional<String> reason = Reasons.in(text)
                .map(Reasons.Found::text)
                .or(() -> Optional.of(rest)
                        .filter(tail -> tail.split("\\s+").length >= 3 && Reasons.isReason(tail))
                        .map(Reasons::fromAnswer));
        Wish.Call call = refused.get().call();
        Wish wish = reason.filter(words -> asksReason(remedy.get()))
                .map(words -> filing(remedy.get(), words, Optional.of(call)))
                .orElseGet(() -> new Wish(
                        call.tool(), call.arguments(), List.of(), Map.of(), Optional.empty(), Optional.empty()));
        return Optional.of(plan(wish));
    }

    /** An id that was not said but listed before: taken only when one row alone fits the words. */
    Wish recallId(Wish wish, String text, Transcript transcript, int index) {
        if (wish.missing().size() != 1 || !SlotName.isId(wish.missing().get(0).parameter())) {
            return wish;
        }
        String parameter = wish.missing().get(0).parameter();
        String noun = parameter.replaceAll("_?[iI]d$", "");
        for (int i = index; i >= 0; i--) {
            for (Step step : transcript.exchanges().get(i).steps()) {
                if (!step.failed() && !noun.isEmpty() && step.call().tool().contains(noun)) {
                    Optional<String> id = onlyRow(step.result(), text);
                    if (id.isPresent()) {
                        ObjectNode arguments = wish.arguments().deepCopy();
                        arguments.put(parameter, id.get());
                        return new Wish(wish.tool(), arguments, List.of(), wish.slots(), wish.then(), wish.reason());
                    }
                }
            }
        }
        return wish;
    }

    private static Optional<String> onlyRow(JsonNode result, String text) {
        List<String> words = Tokens.plain(text);
        List<JsonNode> rows = new java.util.ArrayList<>();
        Listing.rows(result).forEach(row -> {
            if (row.path("status").asText("pending").equals("pending")) {
                rows.add(row);
            }
        });
        List<JsonNode> named = rows.stream()
                .filter(row -> Tokens.plain(row.toString().replaceAll("\"[a-z_]+\":", " ")).stream()
                        .anyMatch(word -> word.length() > 3 && words.contains(word)))
                .toList();
        List<JsonNode> chosen = named.isEmpty() ? rows : named;
        return chosen.size() == 1 && chosen.get(0).path("id").isTextual()
                ? Optional.of(chosen.get(0).path("id").asText())
                : Optional.empty();
    }

    String smallTalk() {
        String tools = offered.keySet().stream()
                .filter(name -> !ProviderFit.isSynthetic(name))
                .sorted()
                .map(Narrator::plain)
                .collect(Collectors.joining(", "));
        return Narrator.HELLO + (tools.isEmpty() ? "" : " I can: " + tools + ". What would you like?");
    }
}
