package dev.countersign.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two conversations beside each other, and what a user says again. */
final class SidesTest {
    private static final Path KEPT = Path.of("src/test/resources/replay/1");
    private static int seconds;

    private static List<Entry> said(String... texts) {
        List<Entry> entries = new ArrayList<>();
        for (String text : texts) {
            entries.add(
                    new Entry(entries.size() + 1L, "user", text, null, List.of(), Instant.ofEpochSecond(++seconds)));
        }
        return entries;
    }

    private static Sides sides(List<Entry> left, List<Entry> right) {
        return Sides.of(0, left, right, Json.object(), Json.object());
    }

    private static List<String> shown(Sides sides) {
        List<String> lines = new ArrayList<>();
        for (Sides.Line line : sides.lines()) {
            Entry left = line.left();
            Entry right = line.right();
            lines.add((left == null ? "" : left.text())
                    + (line.isSame() ? " = " : " | ")
                    + (right == null ? "" : right.text()));
        }
        return lines;
    }

    @Test
    void whatIsTheSameFromTheBeginningIsCounted_andTheRestStandsBesideEachOther() {
        Sides sides = sides(said("a", "b", "c", "d", "e"), said("a", "b", "x", "d", "f", "g"));
        assertThat(sides.common()).isEqualTo(2);
        assertThat(shown(sides)).containsExactly("c | x", "d = d", "e | f", " | g");
        assertThat(sides.more()).isZero();
    }

    @Test
    void equalOnesHaveNoLine_andOneThatOnlyGoesOnHasItsOwn() {
        assertThat(sides(said("a", "b"), said("a", "b")).lines()).isEmpty();
        assertThat(shown(sides(said("a"), said("a", "b", "c")))).containsExactly(" | b", " | c");
        assertThat(shown(sides(said("a", "b"), said()))).containsExactly("a | ", "b | ");
    }

    @Test
    void callsAreTheSameWhateverTheOrderOfTheirArguments() {
        Instant at = Instant.EPOCH;
        List<Entry> one =
                List.of(new Entry(1, "assistant", "", null, List.of(new Call("c1", "go", "{\"a\":1,\"b\":2}")), at));
        List<Entry> other =
                List.of(new Entry(1, "assistant", "", null, List.of(new Call("c9", "go", "{\"b\":2, \"a\":1}")), at));
        assertThat(sides(one, other).common()).isEqualTo(1);
    }

    @Test
    void howTheyStandIsCompared_andALongRestIsCutOff() {
        ObjectNode left = Json.object().put("steps", 1).put("open", "x");
        ObjectNode right = Json.object().put("steps", 2);
        assertThat(Sides.of(7, said("a"), said("a"), left, right).changes())
                .extracting(Change::path)
                .containsExactly("open", "steps");
        List<Entry> many = new ArrayList<>();
        for (int i = 0; i < Sides.LINES_MAX + 5; i++) {
            many.addAll(said("n" + i));
        }
        Sides cut = sides(said("a"), many);
        assertThat(cut.lines()).hasSize(Sides.LINES_MAX);
        assertThat(cut.more()).isEqualTo(5);
    }

    @Test
    void whatWasSaidIsSaidAgainInOrder_andItIsKnownWhatWasSaidWhileTheConversationWaited() throws IOException {
        Recording talked = Fixture.read(KEPT.resolve("family-talked-on-while-parked-then-approved.json"))
                .recording();
        List<Resaid> all = Resaid.from(talked, null);
        assertThat(all).extracting(Resaid::whileWaiting).containsExactly(false, false, true, true);
        long first = 1;
        while (!talked.steps().get((int) first - 1).next().equals("__END__")) {
            first++;
        }
        assertThat(Resaid.from(talked, first)).isEqualTo(all.subList(1, 4));
        assertThat(Resaid.from(talked, first - 1)).isEqualTo(all);
        assertThat(Resaid.from(talked, first + 1)).isEqualTo(all.subList(1, 4));
        assertThatThrownBy(() -> Resaid.from(talked, (long) talked.steps().size()))
                .hasMessageContaining("CS-664");
        assertThatThrownBy(() -> Resaid.from(talked, 1_000L)).hasMessageContaining("CS-665");
    }
}
