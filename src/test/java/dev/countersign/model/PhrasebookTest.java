package dev.countersign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading a phrasebook, and refusing a wrong one with its line. */
final class PhrasebookTest {
    @TempDir
    private Path folder;

    @Test
    void documentedFormIsRead() throws IOException {
        Phrasebook read = Phrasebook.read(write("""
                examples:
                  t: {arguments: {a: "{b|c}"}, then: u, phrases: ["x (y|z)"]}
                  "-": [hi]
                vocabulary:
                  b: {list: l, nouns: [n]}
                  d: {values: {V: {aliases: [w], b: "3"}}}
                synonyms: [[p, q]]
                """));

        assertThat(read.tools())
                .hasEntrySatisfying("t", tool -> assertThat(tool.then()).contains("u"));
        assertThat(read.none()).containsExactly("hi");
        assertThat(read.vocabulary())
                .hasEntrySatisfying(
                        "d", slot -> assertThat(slot.values().toString()).contains("aliases=[w]", "b=3"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'examples:\n  t:\n  - \"a (b\"'|:3: expected a phrase whose brackets match",
                "'examples:\n  t: [a]\nexample: {}'|:3: expected one of",
                "'vocabulary:\n  b: 7'|:2: expected a mapping",
                "'examples:\n  t: [a]\n  t: [b]'|:3: expected each name once"
            })
    void wrongFileIsRefusedWithItsLine(String yaml, String complaint) throws IOException {
        Path file = write(yaml);

        assertThatThrownBy(() -> Phrasebook.read(file))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-510")
                .hasMessageContaining(file + complaint);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("examples.yaml"), yaml);
    }
}
