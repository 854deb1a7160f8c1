package dev.countersign.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.model.Wish.Missing;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a tool's parameters from what an utterance names; says what is missing rather than guessing. */
final class SlotFiller {
    private static final Pattern SLOT = Pattern.compile("\\{([a-z_]+)(?:\\|([^}]*))?\\}");
    private static final int CHOICES_MAX = 8;
    private static final double FULL_NAME = 0.75;

    private final Phrasebook phrasebook;
    private final FreeText freeText;

    SlotFiller(Phrasebook phrasebook, FreeText freeText) {
        this.phrasebook = phrasebook;
        this.freeText = freeText;
    }

    /** One wish, or several when the words name several things for one parameter ("fries and a cola"). */
    List<Wish> fill(ToolSpecification tool, Utterance utterance, Map<String, String> carried) {
        List<Map<String, String>> variants = new ArrayList<>();
        Optional<String> several = slotNamedTwice(tool, utterance);
        if (several.isEmpty()) {
            variants.add(slots(utterance, Map.of()));
        } else {
            for (Entity entity : clear(utterance, several.get())) {
                Map<String, String> chosen = new LinkedHashMap<>(entity.implies());
                chosen.put(entity.slot(), entity.value());
                variants.add(slots(utterance, chosen));
            }
        }
        return variants.stream()
                .map(slots -> wish(new ToolSchema(tool), utterance, slots, carried))
                .toList();
    }

    private Optional<String> slotNamedTwice(ToolSpecification tool, Utterance utterance) {
        ToolSchema schema = new ToolSchema(tool);
        return schema.required().stream()
                .flatMap(parameter -> slotsOf(tool.name(), parameter).stream())
                .distinct()
                .filter(slot -> clear(utterance, slot).size() > 1)
                .min((left, right) -> Boolean.compare(isLive(left), isLive(right)));
    }

    private boolean isLive(String slot) {
        Phrasebook.Slot known = phrasebook.vocabulary().get(slot);
        return known == null || known.list().isPresent();
    }

    private static List<Entity> clear(Utterance utterance, String slot) {
        return utterance.mentions().stream()
                .filter(mention -> mention.slot().equals(slot) && mention.isClear())
                .map(mention -> mention.candidates().get(0))
                .distinct()
                .toList();
    }

    private Map<String, String> slots(Utterance utterance, Map<String, String> chosen) {
        Map<String, String> slots = new LinkedHashMap<>();
        Map<String, String> implied = new LinkedHashMap<>(chosen);
        for (Mention mention : utterance.mentions()) {
            if (mention.isClear()) {
                Entity entity = mention.candidates().get(0);
                if (!chosen.containsKey(entity.slot())) {
                    slots.putIfAbsent(entity.slot(), entity.value());
                    entity.implies().forEach(implied::putIfAbsent);
                }
            }
        }
        implied.forEach(slots::putIfAbsent);
        if (!utterance.ids().isEmpty()) {
            slots.put(SlotName.ID, utterance.ids().get(0).id());
        }
        return slots;
    }

    private Wish wish(ToolSchema tool, Utterance utterance, Map<String, String> slots, Map<String, String> carried) {
        Optional<String> reason = reason(utterance);
        Map<String, String> all = new LinkedHashMap<>(carried);
        all.putAll(slots);
        reason.ifPresent(text -> all.put(SlotName.REASON, text));
        ObjectNode arguments = Json.object();
        List<Missing> missing = new ArrayList<>();
        for (String parameter : tool.parameters().keySet()) {
            Optional<String> value = value(tool, parameter, utterance, all);
            if (value.isPresent()) {
                put(arguments, tool, parameter, value.get());
            } else if (tool.requires(parameter)) {
                missing.add(missing(tool.name(), parameter, utterance, all));
            }
        }
        // What the user began to name is asked for first: its answer often brings the rest.
        missing.sort(Comparator.comparing(one -> one.choices().isEmpty()));
        return new Wish(tool.name(), arguments, missing, all, Optional.empty(), reason);
    }

    static void put(ObjectNode arguments, ToolSchema tool, String parameter, String value) {
        if (!tool.isText(parameter) && value.matches("-?\\d{1,15}")) {
            arguments.put(parameter, Long.parseLong(value));
        } else {
            arguments.put(parameter, value);
        }
    }

    private Optional<String> value(ToolSchema tool, String parameter, Utterance utterance, Map<String, String> slots) {
        Optional<String> choice = choice(tool, parameter, utterance);
        if (choice.isPresent()) {
            return choice;
        }
        String template = template(tool.name(), parameter);
        if (!template.isEmpty()) {
            return render(template, tool, parameter, utterance, slots);
        }
        if (tool.choices(parameter).size() == 1 && tool.requires(parameter)) {
            return Optional.of(tool.choices(parameter).get(0));
        }
        return guessed(tool, parameter, utterance, slots);
    }

    private String template(String tool, String parameter) {
        Phrasebook.ToolPhrases known = phrasebook.tools().get(tool);
        return known == null ? "" : known.arguments().getOrDefault(parameter, "");
    }

    private Optional<String> render(
            String template, ToolSchema tool, String parameter, Utterance utterance, Map<String, String> slots) {
        Matcher matcher = SLOT.matcher(template);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            String slot = matcher.group(1);
            Optional<String> value = Optional.ofNullable(slots.get(slot))
                    .or(() -> hint(slot, utterance))
                    .or(() -> slot.equals(SlotName.COMMENT)
                            ? utterance.reason().map(Reasons.Found::text)
                            : Optional.empty())
                    .or(() -> tool.requires(parameter) ? free(tool, slot, utterance) : Optional.empty())
                    .or(() -> Optional.ofNullable(matcher.group(2)));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(value.get()));
        }
        return Optional.of(matcher.appendTail(text).toString());
    }

    /** Free words stand only for what comes from no live list: an instance that is not in its list is not invented. */
    private Optional<String> free(ToolSchema tool, String slot, Utterance utterance) {
        boolean ambiguous = utterance.mentions(slot);
        boolean closed = isLive(slot) && phrasebook.vocabulary().containsKey(slot);
        boolean special = slot.equals(SlotName.ID) || slot.equals(SlotName.REASON);
        return ambiguous || closed || special ? Optional.empty() : freeText.find(tool.name(), slot, utterance);
    }

    private Optional<String> guessed(
            ToolSchema tool, String parameter, Utterance utterance, Map<String, String> slots) {
        String slot = SlotName.ofParameter(parameter);
        if (slot.equals(SlotName.COMMENT)) {
            return utterance.reason().map(Reasons.Found::text);
        }
        Optional<String> named = Optional.ofNullable(slots.get(slot));
        if (named.isPresent() || !tool.requires(parameter) || slot.equals(SlotName.REASON)) {
            return named;
        }
        Optional<String> related = slots.entrySet().stream()
                .filter(entry -> SlotName.sameNoun(entry.getKey(), slot))
                .map(Map.Entry::getValue)
                .findFirst();
        Optional<String> id = Optional.ofNullable(slots.get(SlotName.ID));
        return related.or(() -> SlotName.isId(parameter) ? id : Optional.empty())
                .or(() -> tool.isText(parameter) ? free(tool, slot, utterance) : number(utterance))
                .or(() -> id);
    }

    private static Optional<String> number(Utterance utterance) {
        Matcher matcher = Pattern.compile("\\b\\d{1,9}\\b").matcher(utterance.text());
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    private Optional<String> choice(ToolSchema tool, String parameter, Utterance utterance) {
        List<String> choices = tool.choices(parameter);
        Optional<String> hinted =
                hint(SlotName.ofParameter(parameter), utterance).filter(choices::contains);
        return hinted.or(() -> choices.stream()
                .filter(word -> choices.size() > 1 && says(utterance, word))
                .findFirst());
    }

    private Optional<String> hint(String slot, Utterance utterance) {
        Phrasebook.Slot known = phrasebook.vocabulary().get(slot);
        if (known == null || !known.hint()) {
            return Optional.empty();
        }
        return known.values().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(entry -> says(utterance, entry.getKey())
                        || entry.getValue().aliases().stream().anyMatch(alias -> says(utterance, alias)))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean says(Utterance utterance, String words) {
        String text = " " + String.join(" ", utterance.masked()) + " ";
        return text.contains(" " + String.join(" ", Tokens.plain(words.replace('_', ' '))) + " ");
    }

    /** A reason is looked for in the text's own clauses, and after what it names. */
    private static Optional<String> reason(Utterance utterance) {
        if (utterance.reason().isPresent()) {
            return utterance.reason().map(Reasons.Found::text);
        }
        // Half a name may stand inside of the reason; a whole one ends before it.
        for (double score : new double[] {0, FULL_NAME}) {
            int after = utterance.lastFound(score);
            Optional<Reasons.Found> occasion =
                    after == 0 ? Optional.empty() : Reasons.occasion(utterance.text(), after);
            if (occasion.isPresent()) {
                return occasion.map(Reasons.Found::text);
            }
        }
        for (String clause : utterance.text().split("[.;!?,\\n]|\\s[-–—]\\s")) {
            Optional<String> aside = Reasons.aside(clause.strip());
            if (aside.isPresent() && !holdsName(utterance, clause)) {
                return aside;
            }
        }
        return Optional.empty();
    }

    private static boolean holdsName(Utterance utterance, String clause) {
        int from = utterance.text().indexOf(clause);
        return utterance.mentions().stream()
                .filter(mention -> mention.score() >= FULL_NAME)
                .anyMatch(mention -> utterance.tokens().get(mention.from()).start() >= from
                        && utterance.tokens().get(mention.from()).start() < from + clause.length());
    }

    private Missing missing(String tool, String parameter, Utterance utterance, Map<String, String> slots) {
        String slot = slotsOf(tool, parameter).stream()
                .filter(name -> !slots.containsKey(name))
                .findFirst()
                .orElse(SlotName.ofParameter(parameter));
        List<String> choices = utterance.mentions().stream()
                .filter(mention -> mention.slot().equals(slot) && !mention.isClear())
                .flatMap(mention -> mention.candidates().stream())
                .map(Entity::name)
                .distinct()
                .limit(CHOICES_MAX)
                .toList();
        return new Missing(parameter, slot, choices);
    }

    /** Whether no phrasebook says what the parameter is filled from. */
    boolean isGuessed(String tool, String parameter) {
        return template(tool, parameter).isEmpty();
    }

    /** The slots a parameter is filled from. */
    List<String> slotsOf(String tool, String parameter) {
        Matcher matcher = SLOT.matcher(template(tool, parameter));
        List<String> slots = new ArrayList<>();
        while (matcher.find()) {
            slots.add(matcher.group(1));
        }
        return slots.isEmpty() && template(tool, parameter).isEmpty()
                ? List.of(SlotName.ofParameter(parameter))
                : slots;
    }
}
