package dev.countersign.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/**
 * A value in a YAML file that knows its file and line, so that every complaint can say where it is, what was expected and what
 * came. Immutable.
 */
public final class YamlNode {
    private final String file;
    private final ErrorCode code;
    private final Node node;

    private YamlNode(String file, ErrorCode code, Node node) {
        this.file = file;
        this.code = code;
        this.node = node;
    }

    /**
     * Reads a file that holds one YAML document.
     *
     * @param code of every complaint about this file
     * @throws CountersignException with that code when the file is missing, empty or not YAML
     */
    public static YamlNode read(Path file, ErrorCode code) {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(String.valueOf(file.getFileName()))
                    .setAllowDuplicateKeys(false)
                    .build();
            Node root = new Compose(settings)
                    .composeString(Files.readString(file))
                    .orElseThrow(
                            () -> new CountersignException(code, file + ": expected a YAML document, got nothing"));
            return new YamlNode(file.toString(), code, root);
        } catch (NoSuchFileException e) {
            throw new CountersignException(code, "there is no file " + file, e);
        } catch (IOException e) {
            throw new CountersignException(code, "could not read " + file + ": " + e, e);
        } catch (YamlEngineException e) {
            throw new CountersignException(code, file + ": expected YAML: " + e.getMessage(), e);
        }
    }

    /** A complaint about this value: file and line, what was expected, what came. */
    public CountersignException expected(String what) {
        return complaint("expected " + what + ", got " + shown());
    }

    /** A complaint about this value in other words. */
    public CountersignException complaint(String words) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        return new CountersignException(code, file + ":" + line + ": " + words);
    }

    private String shown() {
        if (node instanceof ScalarNode scalar) {
            String value = scalar.getValue();
            return "'" + (value.length() > 60 ? value.substring(0, 60) + "…" : value) + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }

    /** This value as text; a list or mapping is refused. */
    public String text(String what) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue();
        }
        throw expected(what);
    }

    /** This value as a whole number within the bounds. */
    public int number(String what, int min, int max) {
        String text = text(what);
        if (text.matches("\\d{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw expected(what + " (a whole number from " + min + " to " + max + ")");
    }

    /** The items of a list. */
    public List<YamlNode> items(String what) {
        if (node instanceof SequenceNode sequence) {
            List<YamlNode> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(new YamlNode(file, code, item));
            }
            return items;
        }
        throw expected(what);
    }

    /** The entries of a mapping in the file's order. */
    public Map<String, YamlNode> entries(String what) {
        if (node instanceof MappingNode mapping) {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                String key = new YamlNode(file, code, tuple.getKeyNode()).text("a name");
                YamlNode value = new YamlNode(file, code, tuple.getValueNode());
                if (entries.put(key, value) != null) {
                    throw value.complaint("expected '" + key + "' once, got it twice");
                }
            }
            return entries;
        }
        throw expected(what);
    }

    /** The entries of a mapping that may hold only these names. */
    public Map<String, YamlNode> entries(String what, Set<String> allowed) {
        Map<String, YamlNode> entries = entries(what);
        entries.forEach((name, value) -> {
            if (!allowed.contains(name)) {
                throw value.complaint("expected one of "
                        + allowed.stream().sorted().toList() + " in " + what + ", got '" + name + "'");
            }
        });
        return entries;
    }

    /** One entry of a mapping, or empty. */
    public Optional<YamlNode> find(String name) {
        return Optional.ofNullable(entries("a mapping with " + name).get(name));
    }

    /** One entry of a mapping that must be there. */
    public YamlNode get(String name) {
        @Nullable YamlNode found = entries("a mapping with " + name).get(name);
        if (found == null) {
            throw complaint("expected '" + name + "' here, it is missing");
        }
        return found;
    }

    /** Whether this is a list. */
    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** Whether this is plain text or a number. */
    public boolean isText() {
        return node instanceof ScalarNode;
    }
}
