package dev.countersign.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the offline model knows of an agent's domain, all of it data from the agent's YAML. Immutable.
 *
 * <pre>
 * examples:
 *   list_books:                                     # a tool's name
 *     arguments: {shelf_id: "{shelf}"}              # parameter to slot; "{slot|word}" has a default, plain text is constant
 *     phrases:
 *       - "(show|give) me [all] [the] books on {shelf}"
 *   request_loan:
 *     arguments: {book: "{book}", reason: "{reason}"}
 *     then: read_book                               # done with the same slots once the request is approved
 *     phrases: ["ask for {book} because {reason}"]
 *   "-": ["hello", "what is the weather"]           # phrases that call no tool
 * vocabulary:
 *   shelf: {list: list_shelves, nouns: [shelf, rack]}   # names and keys come live from this tool's result
 *   book: {values: {Blue Book: {aliases: [the blue one], shelf: "3"}}}   # naming it also names shelf 3
 *   status: {hint: true, values: {pending: {aliases: [open]}}}
 * synonyms:
 *   - [books, volumes, titles]
 * </pre>
 *
 * In phrases, {@code (a|b)} is a choice, {@code [a]} may be left out, and {@code {slot}} stands for a value. The slots
 * {@code {reason}} (why the user wants it) and {@code {id}} (the id of something) need no vocabulary.
 */
public record Phrasebook(
        Map<String, ToolPhrases> tools, List<String> none, Map<String, Slot> vocabulary, List<List<String>> synonyms) {
    public Phrasebook {
        tools = Map.copyOf(tools);
        none = List.copyOf(none);
        vocabulary = Map.copyOf(vocabulary);
        synonyms = synonyms.stream().map(List::copyOf).toList();
    }

    /** A phrasebook that knows nothing: the model then lives on the tools' names, descriptions and schemas. */
    public static Phrasebook empty() {
        return new Phrasebook(Map.of(), List.of(), Map.of(), List.of());
    }

    /** Only phrases per tool; the name {@code -} holds those that call no tool. */
    public static Phrasebook ofPhrases(Map<String, List<String>> phrases) {
        Map<String, ToolPhrases> tools = new LinkedHashMap<>();
        phrases.forEach((tool, list) -> {
            if (!tool.equals("-")) {
                tools.put(tool, new ToolPhrases(list, Map.of(), Optional.empty()));
            }
        });
        return new Phrasebook(tools, phrases.getOrDefault("-", List.of()), Map.of(), List.of());
    }

    /**
     * Reads the file described above.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-510} with file, line and what was expected
     */
    public static Phrasebook read(Path file) {
        return new PhrasebookReader(file).read();
    }

    /** Phrases of one tool, what its parameters are filled from, and the tool that follows an approval. */
    public record ToolPhrases(List<String> phrases, Map<String, String> arguments, Optional<String> then) {
        public ToolPhrases {
            phrases = List.copyOf(phrases);
            arguments = Map.copyOf(arguments);
        }
    }

    /**
     * What can stand in a slot.
     *
     * @param list the tool whose result names the values, live; empty when the values are all here
     * @param nouns general words that may stand beside a name, such as "place"
     * @param hint true for values such as "pending" that only narrow a call down: they are looked for once the tool is known,
     *     and stay words like any other before
     */
    public record Slot(Optional<String> list, List<String> nouns, Map<String, Value> values, boolean hint) {
        public Slot {
            nouns = List.copyOf(nouns);
            values = Map.copyOf(values);
        }
    }

    /** Other words for a value, and the other slots it fills (the slot's value is a key of a live list). */
    public record Value(List<String> aliases, Map<String, String> implies) {
        public Value {
            aliases = List.copyOf(aliases);
            implies = Map.copyOf(implies);
        }
    }
}
