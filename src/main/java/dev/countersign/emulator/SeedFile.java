package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A {@code *.permit.yaml} as JSON that remembers on which line each object stood. Keys it does not know are left alone. */
final class SeedFile {
    static final ErrorCode BAD_SEED = new ErrorCode("CS-803", ErrorCode.Kind.INVALID);
    private static final String SHIPPED = "/graphs/food-ordering.permit.yaml";

    private final String name;
    private final IdentityHashMap<JsonNode, Integer> lines = new IdentityHashMap<>();
    private final ObjectNode root;

    private SeedFile(String name, String text) {
        this.name = name;
        JsonNode parsed = parse(text);
        if (!(parsed instanceof ObjectNode object)) {
            throw bad(1, "expected a mapping at the top, got something else");
        }
        this.root = object;
        int format = root.path("format").asInt(0);
        if (format != 1) {
            throw bad(line(root), "expected format: 1, got " + root.path("format"));
        }
    }

    /** Reads the file, or the shipped one when there is none. */
    static SeedFile read(@Nullable Path path) {
        try {
            return path == null ? shipped() : new SeedFile(path.toString(), Files.readString(path));
        } catch (IOException e) {
            throw new CountersignException(BAD_SEED, "expected a readable seed file, got " + e, e);
        }
    }

    private static SeedFile shipped() throws IOException {
        try (InputStream stream = SeedFile.class.getResourceAsStream(SHIPPED)) {
            if (stream == null) {
                throw new CountersignException(BAD_SEED, "expected " + SHIPPED + " on the class path, got nothing");
            }
            return new SeedFile(SHIPPED, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    ObjectNode root() {
        return root;
    }

    private int line(JsonNode node) {
        return lines.getOrDefault(node, 0);
    }

    CountersignException bad(JsonNode where, String message) {
        return bad(line(where), message);
    }

    private CountersignException bad(int line, String message) {
        return new CountersignException(BAD_SEED, name + ":" + line + ": " + message);
    }

    private JsonNode parse(String text) {
        try {
            Node node = new Compose(LoadSettings.builder().setLabel(name).build())
                    .composeString(text)
                    .orElseThrow(() -> bad(1, "expected a document, got nothing"));
            return convert(node);
        } catch (MarkedYamlEngineException e) {
            throw new CountersignException(BAD_SEED, name + ": " + e.getMessage(), e);
        }
    }

    private JsonNode convert(Node node) {
        if (node instanceof MappingNode mapping) {
            ObjectNode object = Json.object();
            lines.put(object, lineOf(node));
            for (NodeTuple tuple : mapping.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    throw bad(lineOf(tuple.getKeyNode()), "expected a plain text as key");
                }
                object.set(key.getValue(), convert(tuple.getValueNode()));
            }
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = Json.array();
            lines.put(array, lineOf(node));
            sequence.getValue().forEach(item -> array.add(convert(item)));
            return array;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        throw bad(lineOf(node), "expected a mapping, a list or a value");
    }

    private JsonNode scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        try {
            if (tag.equals(Tag.NULL)) {
                return Json.mapper().nullNode();
            }
            if (tag.equals(Tag.BOOL)) {
                return Json.mapper().getNodeFactory().booleanNode(Boolean.parseBoolean(text));
            }
            if (tag.equals(Tag.INT)) {
                return Json.mapper().getNodeFactory().numberNode(new BigInteger(text));
            }
            if (tag.equals(Tag.FLOAT)) {
                return Json.mapper().getNodeFactory().numberNode(new BigDecimal(text));
            }
        } catch (NumberFormatException e) {
            throw bad(lineOf(scalar), "expected a decimal number, got " + text);
        }
        return Json.mapper().getNodeFactory().textNode(text);
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
