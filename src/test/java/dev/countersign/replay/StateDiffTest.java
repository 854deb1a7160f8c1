package dev.countersign.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StateDiffTest {
    private static final Map<Change.Kind, String> SIGNS =
            Map.of(Change.Kind.ADDED, "+", Change.Kind.REMOVED, "-", Change.Kind.CHANGED, "~");

    private static List<String> differences(Map<String, Object> before, Map<String, Object> after) {
        return StateDiff.between(StateDiff.readable(before), StateDiff.readable(after)).stream()
                .map(StateDiffTest::words)
                .toList();
    }

    private static String words(Change change) {
        String before = change.before() == null ? "" : " " + Json.write(change.before());
        String after = change.after() == null ? "" : " " + Json.write(change.after());
        return SIGNS.get(change.kind()) + " " + change.path() + before + after;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "NOTHING",
            value = {
                // before | after | differences
                "{} | {} | ``",
                "{'a':1} | {'a':1} | ``",
                "{} | {'a':1} | + k.a 1",
                "{'a':1} | {} | - k.a 1",
                "{'a':1} | {'a':2} | ~ k.a 1 2",
                "{'a':1} | {'a':'1'} | ~ k.a 1 \"1\"",
                "{'a':null} | {} | - k.a null",
                "{'a':{'b':1,'c':2}} | {'a':{'b':1,'c':3}} | ~ k.a.c 2 3",
                "{'a':{'b':1}} | {'a':[1]} | ~ k.a {\"b\":1} [1]",
                "{'a':[]} | {'a':['x']} | + k.a \"x\"",
                "{'a':['x','y']} | {'a':['y']} | - k.a \"x\"",
                "{'a':['x','x']} | {'a':['x']} | - k.a \"x\"",
                "{'a':['x','y']} | {'a':['y','x']} | ~ k.a [\"x\",\"y\"] [\"y\",\"x\"]",
                "{'a':['x']} | {'a':['y']} | - k.a \"x\" + k.a \"y\"",
                "{'items':[{'id':1},{'id':2}]} | {'items':[{'id':2}]} | - k.items {\"id\":1}",
                "{'b':1,'a':1} | {'c':1} | - k.a 1 - k.b 1 + k.c 1",
                "['x'] | {'a':1} | ~ k [\"x\"] {\"a\":1}",
                "{not json | {not json | ``",
                "{not json | [nor this | ~ k \"{not json\" \"[nor this\"",
                "<b>x</b> | a\u001b[31m | ~ k \"<b>x</b>\" \"a\\u001B[31m\"",
            })
    void whatDiffersIsTold_byStructure(String before, String after, String differences) {
        assertThat(String.join(
                        " ",
                        differences(Map.of("k", before.replace('\'', '"')), Map.of("k", after.replace('\'', '"')))))
                .isEqualTo(differences);
    }

    @Test
    void keysAreCompared_listsByWhatComesAndGoes_andTheTranscriptIsLeftOut() {
        assertThat(differences(
                        Map.of("open", List.of("a", "b"), "steps", 1L, "messages", "one"),
                        Map.of("open", List.of("b", "c"), "steps", 2L, "ending", "failed", "messages", "two")))
                .containsExactly("+ ending \"failed\"", "- open \"a\"", "+ open \"c\"", "~ steps 1 2");
    }
}
