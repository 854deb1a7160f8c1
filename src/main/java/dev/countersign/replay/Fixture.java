package dev.countersign.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Digest;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.graph.Circumstances;
import dev.countersign.thread.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A recording as a file that stands by itself. Format 1 is one JSON object:
 *
 * <pre>
 * {"format":1, "redacted":false,
 *  "thread":{"id":"…","owner":"henry","agent":"food-ordering","kind":"CHAT"},
 *  "settings":{"&lt;digest&gt;":{"prompt":"…","allowed":{…},"requests":[…],"approvals":[…],"limits":{…},"tools":[…]}},
 *  "events":[{"seq":1,"kind":"MESSAGE","body":"…","at":"…"}],
 *  "approvals":[{"id":"…","call":"c3-0","state":"SPENT",…}],
 *  "steps":[{"id":"…","node":"model","next":"reply","at":"…","seen":{…},"state":{…},"messages":[…]}],
 *  "digest":"of the transcript", "checksum":"of all the rest"}
 * </pre>
 *
 * A step's {@code state} has what changed in it since the step before; null is what went. A file of another format ({@code
 * CS-647}), and one that is no recording or was changed or cut ({@code CS-646}), is refused; nothing is guessed.
 */
public final class Fixture {
    /** The newest format; all from 1 on are read. */
    public static final int FORMAT = 1;

    private static final ErrorCode DAMAGED = new ErrorCode("CS-646", ErrorCode.Kind.UNPROCESSABLE);
    private static final ErrorCode OTHER_FORMAT = new ErrorCode("CS-647", ErrorCode.Kind.UNPROCESSABLE);
    private static final String CHECKSUM = "checksum";

    /** Leaves out what a step did not see. */
    private static final ObjectMapper SPARSE = sparse();

    private Fixture() {}

    private static ObjectMapper sparse() {
        ObjectMapper mapper = Json.mapper().copy();
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        var nonEmpty = JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS);
        mapper.configOverride(List.class).setInclude(nonEmpty);
        mapper.configOverride(Map.class).setInclude(nonEmpty);
        return mapper;
    }

    /** What a file has. */
    public record Content(Recording recording, boolean redacted) {}

    /** The recording as JSON, on one line. */
    public static String write(Recording recording, boolean redacted) {
        ObjectNode whole = Json.object().put("format", FORMAT).put("redacted", redacted);
        whole.set("thread", tree(recording.thread()));
        whole.set("settings", tree(recording.settings()));
        whole.set("events", SPARSE.valueToTree(recording.events()));
        whole.set("approvals", SPARSE.valueToTree(recording.approvals()));
        whole.set("steps", steps(recording.steps()));
        whole.put("digest", recording.digest());
        // Numbers have one form once they were read, whatever they were written as.
        ObjectNode read = (ObjectNode) Json.read(Json.write(whole));
        return Json.write(read.put(CHECKSUM, checksum(read)));
    }

    private static JsonNode tree(Object value) {
        return Json.mapper().valueToTree(value);
    }

    private static String checksum(ObjectNode whole) {
        ObjectNode rest = whole.deepCopy();
        rest.remove(CHECKSUM);
        return Digest.of(Json.canonical(rest));
    }

    private static ArrayNode steps(List<Recording.Stride> steps) {
        ArrayNode list = Json.array();
        Map<String, Object> before = Map.of();
        for (Recording.Stride step : steps) {
            ObjectNode one = list.addObject()
                    .put("id", step.id())
                    .put("node", step.node())
                    .put("next", step.next())
                    .put("at", step.at().toString());
            one.set("seen", SPARSE.valueToTree(step.seen()));
            one.set("state", changes(before, step.state()));
            one.set("messages", tree(step.messages()));
            before = step.state();
        }
        return list;
    }

    private static ObjectNode changes(Map<String, Object> before, Map<String, Object> after) {
        ObjectNode changes = Json.object();
        new TreeMap<>(after).forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                changes.set(key, tree(value));
            }
        });
        before.keySet().stream().filter(key -> !after.containsKey(key)).sorted().forEach(changes::putNull);
        return changes;
    }

    /**
     * Reads a file.
     *
     * @throws CountersignException {@code CS-646} when it is no recording or damaged, {@code CS-647} when it is of another format
     * @throws IOException when it cannot be read at all
     */
    public static Content read(Path file) throws IOException {
        return parse(Files.readString(file), String.valueOf(file.getFileName()));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param where what an error calls it
     */
    public static Content parse(String text, String where) {
        ObjectNode whole = object(text, where);
        JsonNode format = whole.path("format");
        if (!format.isIntegralNumber()) {
            throw damaged(where, "an object without a format");
        }
        if (format.asLong() != FORMAT) {
            throw new CountersignException(
                    OTHER_FORMAT,
                    where + ": expected a recording of format " + FORMAT + ", got format " + format.asLong()
                            + "; use the version of countersign that wrote it, or a newer one");
        }
        if (!checksum(whole).equals(whole.path(CHECKSUM).asText())) {
            throw damaged(where, "one whose checksum does not fit: it was changed or cut");
        }
        Recording recording;
        try {
            recording = recording(whole);
        } catch (JsonProcessingException | RuntimeException e) {
            throw damaged(
                    where,
                    "one with a part that cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        if (!recording.digest().equals(whole.path("digest").asText())) {
            throw damaged(where, "one whose transcript has another digest than it says");
        }
        return new Content(recording, whole.path("redacted").asBoolean());
    }

    private static ObjectNode object(String text, String where) {
        try {
            if (Json.read(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (CountersignException e) {
            throw damaged(where, "something that is not JSON");
        }
        throw damaged(where, "JSON that is no object");
    }

    private static CountersignException damaged(String where, String got) {
        return new CountersignException(
                DAMAGED, where + ": expected a recording as 'countersign replay export' writes it, got " + got);
    }

    private static Recording recording(ObjectNode whole) throws JsonProcessingException {
        Map<String, Circumstances> settings = new TreeMap<>();
        for (Map.Entry<String, JsonNode> setting : whole.path("settings").properties()) {
            settings.put(setting.getKey(), value(setting.getValue(), Circumstances.class));
        }
        return new Recording(
                value(whole.path("thread"), Recording.Subject.class),
                settings,
                list(whole.path("events"), Recording.Happening.class),
                list(whole.path("approvals"), Recording.Asked.class),
                strides(whole.path("steps")));
    }

    private static <T> T value(JsonNode node, Class<T> type) throws JsonProcessingException {
        return Json.mapper().treeToValue(node, type);
    }

    private static <T> List<T> list(JsonNode nodes, Class<T> type) throws JsonProcessingException {
        List<T> list = new ArrayList<>();
        for (JsonNode node : nodes) {
            list.add(value(node, type));
        }
        return list;
    }

    private static List<Recording.Stride> strides(JsonNode nodes) throws JsonProcessingException {
        List<Recording.Stride> steps = new ArrayList<>();
        Map<String, Object> state = new HashMap<>();
        for (JsonNode node : nodes) {
            for (Map.Entry<String, JsonNode> change : node.path("state").properties()) {
                if (change.getValue().isNull()) {
                    state.remove(change.getKey());
                } else {
                    state.put(change.getKey(), plain(change.getValue()));
                }
            }
            steps.add(new Recording.Stride(
                    node.path("id").asText(),
                    node.path("node").asText(),
                    node.path("next").asText(),
                    Instant.parse(node.path("at").asText()),
                    value(node.path("seen"), Seen.class),
                    state,
                    list(node.path("messages"), Message.class)));
        }
        return steps;
    }

    private static Object plain(JsonNode node) throws JsonProcessingException {
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isArray() ? List.copyOf(list(node, String.class)) : node.asText();
    }
}
