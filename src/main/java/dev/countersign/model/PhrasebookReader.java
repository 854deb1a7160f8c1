package dev.countersign.model;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.model.Phrasebook.Slot;
import dev.countersign.model.Phrasebook.ToolPhrases;
import dev.countersign.model.Phrasebook.Value;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads a phrasebook; composes nodes rather than values so that every complaint names its line. */
final class PhrasebookReader {
    static final ErrorCode BAD_PHRASEBOOK = new ErrorCode("CS-510", ErrorCode.Kind.INVALID);

    private final Path file;

    PhrasebookReader(Path file) {
        this.file = file;
    }

    Phrasebook read() {
        Map<String, Node> top = map(root(), "examples, vocabulary and synonyms");
        refuseOthers(top, Set.of("examples", "vocabulary", "synonyms"));
        Map<String, ToolPhrases> tools = new LinkedHashMap<>();
        List<String> none = new ArrayList<>();
        section(top, "examples").forEach((tool, node) -> {
            if (tool.equals("-")) {
                none.addAll(phrases(node));
            } else {
                tools.put(tool, toolPhrases(node));
            }
        });
        Map<String, Slot> vocabulary = new LinkedHashMap<>();
        section(top, "vocabulary").forEach((name, node) -> vocabulary.put(name, slot(node)));
        return new Phrasebook(tools, none, vocabulary, synonyms(top.get("synonyms")));
    }

    private @Nullable Node root() {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            return new Compose(settings).composeReader(reader).orElse(null);
        } catch (IOException e) {
            throw new CountersignException(BAD_PHRASEBOOK, "could not read the examples in " + file, e);
        } catch (YamlEngineException e) {
            throw new CountersignException(BAD_PHRASEBOOK, "expected YAML in " + file + ": " + e.getMessage(), e);
        }
    }

    private Map<String, Node> section(Map<String, Node> top, String name) {
        Node node = top.get(name);
        return node == null ? Map.of() : map(node, "a mapping under " + name);
    }

    private ToolPhrases toolPhrases(Node node) {
        if (node instanceof SequenceNode) {
            return new ToolPhrases(phrases(node), Map.of(), Optional.empty());
        }
        Map<String, Node> parts = map(node, "a list of phrases, or a mapping with phrases, arguments and then");
        refuseOthers(parts, Set.of("phrases", "arguments", "then"));
        Node phrases = parts.get("phrases");
        Node arguments = parts.get("arguments");
        Node then = parts.get("then");
        return new ToolPhrases(
                phrases == null ? List.of() : phrases(phrases),
                arguments == null ? Map.of() : texts(arguments),
                then == null ? Optional.empty() : Optional.of(text(then)));
    }

    private List<String> phrases(Node node) {
        List<String> phrases = list(node);
        if (node instanceof SequenceNode sequence) {
            for (int i = 0; i < phrases.size(); i++) {
                checkTemplate(phrases.get(i), sequence.getValue().get(i));
            }
        }
        return phrases;
    }

    private void checkTemplate(String phrase, Node node) {
        try {
            Template.expand(phrase);
        } catch (IllegalArgumentException e) {
            throw bad(node, "a phrase whose brackets match", e.getMessage());
        }
    }

    private Slot slot(Node node) {
        Map<String, Node> parts = map(node, "a mapping with list, nouns, values and hint");
        refuseOthers(parts, Set.of("list", "nouns", "values", "hint"));
        Node list = parts.get("list");
        Node nouns = parts.get("nouns");
        Node values = parts.get("values");
        Map<String, Value> read = new LinkedHashMap<>();
        if (values != null) {
            map(values, "a mapping of values").forEach((name, value) -> read.put(name, value(value)));
        }
        return new Slot(
                list == null ? Optional.empty() : Optional.of(text(list)),
                nouns == null ? List.of() : list(nouns),
                read,
                parts.containsKey("hint")
                        && text(Objects.requireNonNull(parts.get("hint"))).equals("true"));
    }

    private Value value(Node node) {
        List<String> aliases = new ArrayList<>();
        Map<String, String> implies = new LinkedHashMap<>();
        map(node, "a mapping with aliases and implied slots").forEach((name, part) -> {
            if (name.equals("aliases")) {
                aliases.addAll(list(part));
            } else {
                implies.put(name, text(part));
            }
        });
        return new Value(aliases, implies);
    }

    private List<List<String>> synonyms(@Nullable Node node) {
        if (node == null) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().map(this::list).toList();
        }
        throw bad(node, "a list of lists of words", kind(node));
    }

    private Map<String, Node> map(@Nullable Node node, String expected) {
        if (node instanceof MappingNode mapping) {
            Map<String, Node> read = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                String key = text(tuple.getKeyNode());
                if (read.put(key, tuple.getValueNode()) != null) {
                    throw bad(tuple.getKeyNode(), "each name once", "'" + key + "' twice");
                }
            }
            return read;
        }
        throw bad(node, expected, kind(node));
    }

    private Map<String, String> texts(Node node) {
        Map<String, String> read = new LinkedHashMap<>();
        map(node, "a mapping of texts").forEach((name, value) -> read.put(name, text(value)));
        return read;
    }

    private List<String> list(Node node) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().map(this::text).toList();
        }
        throw bad(node, "a list of texts", kind(node));
    }

    private String text(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw bad(node, "a text", kind(node));
    }

    private void refuseOthers(Map<String, Node> parts, Set<String> known) {
        parts.forEach((name, node) -> {
            if (!known.contains(name)) {
                throw bad(node, "one of " + known.stream().sorted().toList(), "'" + name + "'");
            }
        });
    }

    private static String kind(@Nullable Node node) {
        return node == null ? "nothing" : "a " + node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    }

    private CountersignException bad(@Nullable Node node, String expected, @Nullable String got) {
        String line = node == null
                ? ""
                : node.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
        return new CountersignException(BAD_PHRASEBOOK, file + line + ": expected " + expected + ", got " + got);
    }
}
