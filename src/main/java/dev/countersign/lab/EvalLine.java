package dev.countersign.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One line of an evaluation file: user, utterance, expected tool or {@code -} for none, and a JSON object of expected
 * arguments, parted by tabs. The last may be left out. Empty lines and lines that begin with {@code #} are comments.
 *
 * @param number the line's number in its file, from 1
 * @param arguments the keys {@code restaurant} and {@code dish} hold names, {@code access_request_id} and
 *     {@code operation_approval_id} ids; a call may have more
 */
public record EvalLine(int number, String user, String utterance, String tool, ObjectNode arguments) {
    /** The tool's name in a file when no tool must be called. */
    public static final String NONE = "-";

    static final ErrorCode BAD_LINE = new ErrorCode("CS-520", ErrorCode.Kind.INVALID);
    private static final Set<String> KEYS = Set.of("restaurant", "dish", "access_request_id", "operation_approval_id");

    /**
     * Reads a file.
     *
     * @throws CountersignException {@code CS-520} with file, line and what was expected
     */
    public static List<EvalLine> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CountersignException(
                    BAD_LINE, "expected a readable UTF-8 text file, got none at " + file + ": " + e, e);
        }
        List<EvalLine> read = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !line.startsWith("#")) {
                read.add(parse(file, i + 1, line));
            }
        }
        return read;
    }

    private static EvalLine parse(Path file, int number, String line) {
        String[] parts = line.split("\t", -1);
        if (parts.length < 3 || parts[0].isBlank() || parts[1].isBlank() || parts[2].isBlank()) {
            throw bad(file, number, "user, utterance, tool and arguments parted by tabs", parts.length + " part(s)");
        }
        String json = parts.length > 3 ? parts[3].strip() : "";
        return new EvalLine(
                number, parts[0].strip(), parts[1].strip(), parts[2].strip(), arguments(file, number, json));
    }

    private static ObjectNode arguments(Path file, int number, String json) {
        if (json.isEmpty() || json.equals("-")) {
            return Json.object();
        }
        try {
            if (Json.read(json) instanceof ObjectNode object) {
                for (var entry : object.properties()) {
                    if (!KEYS.contains(entry.getKey())) {
                        throw bad(file, number, "only the keys " + KEYS, "'" + entry.getKey() + "'");
                    }
                }
                return object;
            }
        } catch (CountersignException e) {
            if (e.code().equals(BAD_LINE)) {
                throw e;
            }
        }
        throw bad(file, number, "a JSON object of expected arguments", json);
    }

    private static CountersignException bad(Path file, int number, String expected, String got) {
        return new CountersignException(BAD_LINE, file + ":" + number + ": expected " + expected + ", got " + got);
    }
}
