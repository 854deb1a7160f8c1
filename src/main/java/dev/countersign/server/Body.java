package dev.countersign.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.countersign.core.CountersignException;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A request's body: bounded before it is read, UTF-8 without exceptions, and exactly one JSON object in which no field stands
 * twice or is one that nobody knows. What is silently left out of account would be a wish that its sender believes was heard.
 */
final class Body {
    private static final int DEPTH_MAX = 32;
    private static final int NUMBER_CHARS_MAX = 100;
    private static final int NAME_CHARS_MAX = 256;
    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?", Pattern.CASE_INSENSITIVE);

    private static final ObjectMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxNumberLength(NUMBER_CHARS_MAX)
                            .maxNameLength(NAME_CHARS_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Body() {}

    /** The body as an object with no fields but these. */
    static JsonNode of(Context context, String... fields) {
        return only(parse(text(context)), List.of(fields));
    }

    /** The same where all fields may be left out, and with them the body. */
    static JsonNode orEmpty(Context context, String... fields) {
        String text = text(context);
        return only(text.isBlank() ? parse("{}") : parse(text), List.of(fields));
    }

    /** The body as an object with whatever fields. */
    static JsonNode any(Context context) {
        return parse(text(context));
    }

    /** An object with no fields but these. */
    static JsonNode only(JsonNode object, List<String> fields) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            if (!fields.contains(names.next())) {
                throw ServerErrors.badRequest("expected no fields but " + fields + ", got another one");
            }
        }
        return object;
    }

    /** Parses one JSON object; what is wrong with it is told by its place, never by its content. */
    static JsonNode parse(String text) {
        try {
            JsonNode value = STRICT.readTree(text);
            if (!value.isObject()) {
                throw ServerErrors.badRequest("expected a JSON object, got something else");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new CountersignException(
                    ServerErrors.NOT_JSON,
                    "expected JSON nested at most " + DEPTH_MAX + " deep, with numbers of at most " + NUMBER_CHARS_MAX
                            + " digits and names of at most " + NAME_CHARS_MAX + " characters, got more",
                    e);
        } catch (JsonProcessingException e) {
            throw new CountersignException(
                    ServerErrors.NOT_JSON,
                    "expected one JSON object in which no field stands twice, got something else" + where(e),
                    e);
        }
    }

    private static String where(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static String text(Context context) {
        byte[] bytes = bytes(context);
        if (bytes.length > 0) {
            requireJson(context);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CountersignException(ServerErrors.UNREADABLE, "expected a body in UTF-8, got other bytes", e);
        }
    }

    /** Nobody who says nothing of the type is refused: plain HTTP clients leave it out. */
    private static void requireJson(Context context) {
        String type = context.header("Content-Type");
        String encoding = context.header("Content-Encoding");
        boolean encoded = encoding != null && !encoding.equalsIgnoreCase("identity");
        if (encoded || (type != null && !JSON.matcher(type.strip()).matches())) {
            throw new CountersignException(
                    ServerErrors.WRONG_TYPE,
                    "expected 'Content-Type: application/json' in UTF-8 and no Content-Encoding, got another");
        }
    }

    /** A body that comes in chunks says no length beforehand, so it is counted while it comes. */
    private static byte[] bytes(Context context) {
        try (InputStream sent = context.req().getInputStream()) {
            byte[] bytes = sent.readNBytes(Wire.BODY_BYTES_MAX + 1);
            if (bytes.length > Wire.BODY_BYTES_MAX) {
                throw new CountersignException(
                        ServerErrors.TOO_LARGE,
                        "expected a body of at most " + Wire.BODY_BYTES_MAX + " bytes, got more");
            }
            return bytes;
        } catch (IOException e) {
            throw new CountersignException(ServerErrors.UNREADABLE, "expected a whole body, got a part of one", e);
        }
    }
}
