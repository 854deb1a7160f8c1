package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.graph.GraphShape;
import dev.countersign.web.GraphPicture.Box;
import dev.countersign.web.GraphPicture.Line;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class GraphPictureTest {
    @Test
    void theShapeIsThatOfTheGraph() {
        GraphShape shape = GraphShape.ofAgents();
        assertThat(shape.nodes())
                .containsExactlyInAnyOrder(
                        GraphShape.START,
                        "model",
                        "gate",
                        "tools",
                        "request",
                        "reply",
                        "await",
                        "settle",
                        GraphShape.END);
        assertThat(shape.ways()).hasSize(15).contains(new GraphShape.Way("request", "model", false));
        assertThat(GraphShape.ofAgents()).isEqualTo(shape);
    }

    @Test
    void nodesKeepApart_withinThePicture() {
        GraphPicture picture = GraphPicture.of(List.of(), "");
        for (Box one : picture.boxes()) {
            assertThat(one.x()).isBetween(0, picture.width() - one.width());
            assertThat(one.y()).isBetween(0, picture.height() - one.height());
            for (Box other : picture.boxes()) {
                boolean apart = Math.abs(one.x() - other.x()) >= one.width()
                        || Math.abs(one.y() - other.y()) >= one.height() + 10;
                assertThat(one.equals(other) || apart).as(one + " and " + other).isTrue();
            }
        }
        assertThat(picture.boxes()).hasSize(9).allMatch(box -> box.look().equals("idle"));
        assertThat(picture.lines()).hasSize(15).allMatch(line -> line.look().equals("open"));
    }

    @Test
    void aTurnIsLitUp_whereItRan_whereItStands_andWhereItGoesOn() {
        GraphPicture picture =
                GraphPicture.of(List.of(GraphShape.START, "model", "gate", "tools", "model", "gate"), "request");
        assertThat(picture.boxes().stream().collect(Collectors.toMap(Box::name, Box::look)))
                .containsEntry("start", "ran")
                .containsEntry("model", "ran")
                .containsEntry("tools", "ran")
                .containsEntry("gate", "now")
                .containsEntry("request", "next")
                .containsEntry("await", "idle");
        assertThat(picture.boxes().stream().collect(Collectors.toMap(Box::name, Box::runs)))
                .containsEntry("model", "2×")
                .containsEntry("tools", "1")
                .containsEntry("request", "");
        assertThat(picture.lines().stream().collect(Collectors.groupingBy(Line::look, Collectors.counting())))
                .containsEntry("taken", 4L)
                .containsEntry("next", 1L)
                .containsEntry("open", 10L);
        assertThat(picture.words())
                .isEqualTo("This turn ran start, model, gate, tools, model, gate; it goes on with request.");
    }
}
