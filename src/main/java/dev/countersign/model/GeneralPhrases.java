package dev.countersign.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Everyday English that belongs to no domain: small talk and tricks that call no tool, verbs that mean the same, and common
 * words that must not be mistaken for typing errors. Kept as text files beside this class.
 */
final class GeneralPhrases {
    private static final List<String> NONE_PHRASES = lines("none.txt");
    private static final List<List<String>> SYNONYM_GROUPS = lines("synonyms.txt").stream()
            .map(line -> Arrays.stream(line.split(",")).map(String::strip).toList())
            .toList();
    private static final List<String> COMMON = lines("common-words.txt").stream()
            .flatMap(line -> Arrays.stream(line.split(" ")))
            .toList();

    private GeneralPhrases() {}

    static List<String> none() {
        return NONE_PHRASES;
    }

    static List<List<String>> synonyms() {
        return SYNONYM_GROUPS;
    }

    static List<String> commonWords() {
        return COMMON;
    }

    private static List<String> lines(String name) {
        try (InputStream in = Objects.requireNonNull(GeneralPhrases.class.getResourceAsStream(name), name);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
