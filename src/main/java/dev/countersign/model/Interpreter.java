package dev.countersign.model;

import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what a user's words ask for, given the tools on offer and the names that are known. */
final class Interpreter {
    /** Below this, the likeliest tool is a guess, and a guess is no reason to act. */
    private static final double LEAST_CHANCE = 0.3;

    private static final double SURE = 0.6;
    private static final double SECOND_CHANCE = 0.12;

    /** A name that is not known yet makes any text look like talk; a list fetched in vain does no harm. */
    private static final double SURE_OF_NOTHING = 0.95;

    /** Enough for a tool that takes an id, when the text gives one that the likeliest tool has no use for. */
    private static final double FITS_THE_ID = 0.05;

    private final Phrasebook phrasebook;
    private final Map<String, ToolSpecification> offered;
    private final Router router;
    private final SlotFiller filler;
    private final Negation negation;

    Interpreter(Phrasebook phrasebook, List<ToolSpecification> offered, Router router) {
        this.phrasebook = phrasebook;
        this.offered = offered.stream()
                .collect(Collectors.toMap(ToolSpecification::name, Function.identity(), (first, second) -> first));
        this.router = router;
        this.negation = new Negation(router);
        this.filler = new SlotFiller(phrasebook, new FreeText(router::phrasesOf, router));
    }

    /**
     * What a text asks for.
     *
     * @param wishes the calls asked for, in order; empty when none is
     * @param words what to say when there is no wish
     * @param chance how sure the routing is, from 0 to 1
     * @param top the tool the words are most like, offered or not, or {@code -}
     */
    record Reading(List<Wish> wishes, String words, double chance, String top) {
        static Reading says(String words, double chance, String top) {
            return new Reading(List.of(), words, chance, top);
        }
    }

    Reading read(String text, List<Entity> names, Map<String, String> carried) {
        Optional<String> refusal = Guard.refuse(text);
        if (refusal.isPresent()) {
            return Reading.says(refusal.get(), 1, Router.NONE);
        }
        Linker linker = linker(names);
        Reading whole = whole(text, linker, names, carried);
        List<Wish> steps = new ArrayList<>();
        List<String> parts = Utterance.quotesOthers(text) ? List.of() : Steps.split(text);
        if (parts.size() > 1) {
            for (String part : parts) {
                Reading step = one(part, linker, names, carried);
                if (step.chance() >= SURE) {
                    step.wishes().stream().filter(Wish::isComplete).forEach(steps::add);
                }
            }
        }
        return steps.size() > 1 && steps.size() > whole.wishes().size()
                ? new Reading(withReason(steps, text, linker), "", whole.chance(), whole.top())
                : whole;
    }

    /** The text as one wish; when it is none, its only sentence that is one: "I am so tired. A tea, please!" */
    private Reading whole(String text, Linker linker, List<Entity> names, Map<String, String> carried) {
        Reading whole = one(text, linker, names, carried);
        if (!whole.wishes().isEmpty() || !whole.top().equals(Router.NONE) || Utterance.quotesOthers(text)) {
            return whole;
        }
        List<Reading> sentences = Steps.sentences(text).stream()
                .map(sentence -> one(sentence, linker, names, carried))
                .filter(reading -> !reading.top().equals(Router.NONE) && reading.chance() >= SURE)
                .toList();
        if (sentences.size() != 1) {
            return whole;
        }
        Reading only = sentences.get(0);
        return new Reading(withReason(only.wishes(), text, linker), only.words(), only.chance(), only.top());
    }

    /** A reason that the text gives once, apart from its steps, holds for each of them. */
    private static List<Wish> withReason(List<Wish> steps, String text, Linker linker) {
        Optional<String> reason = Utterance.read(text, linker).reason().map(Reasons.Found::text);
        return steps.stream()
                .map(step -> new Wish(
                        step.tool(),
                        step.arguments(),
                        step.missing(),
                        step.slots(),
                        step.then(),
                        step.reason().or(() -> reason)))
                .toList();
    }

    private Reading one(String text, Linker linker, List<Entity> names, Map<String, String> carried) {
        Utterance utterance = Utterance.read(text, linker);
        List<Router.Route> routes = router.route(utterance.masked());
        Router.Route top = unlessNegated(byIdPrefix(routes, utterance), routes, utterance);
        if (top.tool().equals(Router.NONE) || top.chance() < LEAST_CHANCE) {
            return Reading.says("", top.chance(), Router.NONE);
        }
        ToolSpecification tool = offered.get(top.tool());
        if (tool == null) {
            return Reading.says(
                    "That (" + Narrator.plain(top.tool()) + ") is not something I can do for you here.",
                    top.chance(),
                    top.tool());
        }
        List<Wish> wishes = new ArrayList<>();
        for (Wish wish : filler.fill(tool, utterance, carried)) {
            wishes.addAll(forEach(wish, tool, utterance, names));
        }
        return new Reading(wishes, "", top.chance(), top.tool());
    }

    /**
     * When the likeliest tool takes an id, and the id's own prefix is short for what another likely one takes ("ar-7" for
     * access_request_id), that one is meant.
     */
    private Router.Route byIdPrefix(List<Router.Route> routes, Utterance utterance) {
        Router.Route top = routes.get(0);
        if (utterance.ids().isEmpty()) {
            return top;
        }
        String id = utterance.ids().get(0).id();
        if (idParameter(top.tool()).isEmpty()) {
            boolean wanted = offered.containsKey(top.tool()) && id.contains("-");
            return routes.stream()
                    .filter(route -> wanted && route.chance() >= FITS_THE_ID)
                    .filter(route -> !idParameter(route.tool()).isEmpty())
                    .findFirst()
                    .orElse(top);
        }
        String prefix = id.replaceAll("[^\\p{L}].*$", "").toLowerCase(java.util.Locale.ROOT);
        return routes.stream()
                .filter(route -> route.chance() >= SECOND_CHANCE && prefix.length() >= 2)
                .filter(route -> isShortFor(prefix, idParameter(route.tool())))
                .findFirst()
                .orElse(top);
    }

    /** "I will not approve it" asks for the opposite where there is one, and else for nothing. */
    private Router.Route unlessNegated(Router.Route top, List<Router.Route> routes, Utterance utterance) {
        if (!negation.negates(utterance.masked(), top.tool())) {
            return top;
        }
        return routes.stream()
                .map(Router.Route::tool)
                .filter(tool -> negation.isOpposite(top.tool(), tool))
                .findFirst()
                .map(tool -> new Router.Route(tool, top.chance()))
                .orElse(new Router.Route(Router.NONE, 1));
    }

    private String idParameter(String tool) {
        ToolSpecification known = offered.get(tool);
        return known == null
                ? ""
                : new ToolSchema(known)
                        .required().stream()
                                .filter(SlotName::isId)
                                .filter(parameter ->
                                        filler.slotsOf(tool, parameter).contains(SlotName.ID))
                                .findFirst()
                                .orElse("");
    }

    private static boolean isShortFor(String prefix, String parameter) {
        if (parameter.isEmpty()) {
            return false;
        }
        StringBuilder initials = new StringBuilder();
        for (String word : parameter.split("_")) {
            initials.append(word, 0, Math.min(1, word.length()));
        }
        return initials.toString().startsWith(prefix) || parameter.startsWith(prefix);
    }

    /** "the menu of every restaurant": one wish for each name of the live list. */
    private List<Wish> forEach(Wish wish, ToolSpecification tool, Utterance utterance, List<Entity> names) {
        if (wish.missing().size() != 1 || !Steps.saysEach(utterance.masked())) {
            return List.of(wish);
        }
        Wish.Missing missing = wish.missing().get(0);
        List<Wish> all = new ArrayList<>();
        for (Entity name : names) {
            if (name.live() && name.slot().equals(missing.slot())) {
                all.addAll(filler.fill(tool, utterance, Map.of(name.slot(), name.value())));
            }
        }
        return all.isEmpty() ? List.of(wish) : all;
    }

    /** The call that follows an approval of what this wish files, when the phrasebook names one that can be made. */
    Optional<Wish.Call> followUp(Wish wish) {
        return Optional.ofNullable(phrasebook.tools().get(wish.tool()))
                .flatMap(Phrasebook.ToolPhrases::then)
                .map(offered::get)
                .map(tool -> filler.fill(tool, Utterance.read("", linker(List.of())), wish.slots())
                        .get(0))
                .filter(Wish::isComplete)
                .map(Wish::call);
    }

    /** Whether a text opens like an order to act or a question: "show …", "please could you …", "what …". */
    boolean isCommand(String text, String tool) {
        return Commands.opensAsOne(
                text,
                word -> List.of(tool.split("_")).stream()
                        .anyMatch(part -> part.length() > 2 && router.sameMeaning(part, word)));
    }

    SlotFiller filler() {
        return filler;
    }

    /** Every name that can be recognised now: the phrasebook's, and the live ones. */
    Linker linker(List<Entity> live) {
        List<Entity> all = new ArrayList<>(live);
        phrasebook.vocabulary().forEach((slot, known) -> {
            if (!known.hint()) {
                known.values().forEach((name, value) -> {
                    List<String> aliases = new ArrayList<>(List.of(name));
                    aliases.addAll(value.aliases());
                    all.add(new Entity(slot, name, name, aliases, value.implies(), false));
                });
            }
        });
        return new Linker(all, phrasebook.vocabulary(), phrasebook.synonyms(), router::isOrdinary);
    }

    /** The tool that lists what the slot can be, when it is on offer. */
    private Optional<String> lister(String slot) {
        Phrasebook.Slot known = phrasebook.vocabulary().get(slot);
        if (known != null) {
            return known.list().filter(offered::containsKey);
        }
        List<String> words = List.of(slot.split("_"));
        return offered.values().stream()
                .filter(tool -> new ToolSchema(tool).isLister())
                .map(ToolSpecification::name)
                .filter(name -> List.of(name.split("[_\\-.]|(?<=[a-z])(?=[A-Z])")).stream()
                        .anyMatch(noun -> words.stream()
                                .anyMatch(word -> SlotName.sameNoun(noun.toLowerCase(java.util.Locale.ROOT), word))))
                .sorted()
                .findFirst();
    }

    /** The slots whose values a listing tool names; empty when it lists none that matters. */
    List<String> slotsListedBy(String tool) {
        List<String> slots = new ArrayList<>();
        phrasebook.vocabulary().forEach((slot, known) -> {
            if (known.list().filter(tool::equals).isPresent()) {
                slots.add(slot);
            }
        });
        if (slots.isEmpty() && offered.containsKey(tool)) {
            offered.values()
                    .forEach(other -> new ToolSchema(other)
                            .required().stream()
                                    .filter(parameter -> filler.isGuessed(other.name(), parameter))
                                    .map(SlotName::ofParameter)
                                    .filter(slot -> !slots.contains(slot)
                                            && lister(slot).filter(tool::equals).isPresent())
                                    .forEach(slots::add));
        }
        return slots;
    }

    /**
     * The listing tool to call first so that names can be resolved; empty when the words need none. In doubt a list is
     * fetched: it changes nothing, and a name read wrongly could.
     */
    Optional<String> listFirst(String text, Map<String, String> carried) {
        if (Guard.refuse(text).isPresent()) {
            return Optional.empty();
        }
        Reading reading = whole(text, linker(List.of()), List.of(), carried);
        boolean sureOfNothing = reading.wishes().isEmpty() && reading.chance() >= SURE_OF_NOTHING;
        if (sureOfNothing) {
            return Optional.empty();
        }
        List<String> slots = new ArrayList<>();
        ToolSpecification tool = offered.get(reading.top());
        if (tool != null) {
            ToolSchema schema = new ToolSchema(tool);
            schema.parameters().keySet().forEach(parameter -> slots.addAll(filler.slotsOf(tool.name(), parameter)));
        }
        if (tool == null || reading.chance() < SURE) {
            slots.addAll(phrasebook.vocabulary().keySet().stream().sorted().toList());
        }
        return slots.stream().map(this::lister).flatMap(Optional::stream).findFirst();
    }
}
