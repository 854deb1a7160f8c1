package dev.countersign.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.model.FoodTools;
import dev.countersign.model.Models;
import dev.countersign.model.Phrasebook;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The offline model with the food family's phrasebook, over the shipped set. */
final class FoodEvaluationTest {
    private static final Path SET = Path.of("src/test/resources/eval/food-ordering.tsv");

    @Test
    void offlineModelRoutesTheShippedSet() {
        Evaluation evaluation = new Evaluation(
                Models.offline(Phrasebook.read(Path.of("graphs/food-ordering.examples.yaml"))),
                new FoodHost(),
                "list_resource_instances");

        Evaluation.Report report = evaluation.run(EvalLine.read(SET));

        assertThat(report.outcomes()).hasSizeGreaterThanOrEqualTo(150);
        assertThat((double) report.hits() / report.outcomes().size())
                .as(String.join("\n", report.lines()))
                .isGreaterThanOrEqualTo(0.97);
    }

    private static final class FoodHost implements Evaluation.Host {
        @Override
        public List<ToolSpecification> tools(String user) {
            return FoodTools.of(user);
        }

        @Override
        public List<ChatMessage> opening(String user) {
            return List.of(SystemMessage.from("You order food for " + user + "."));
        }

        @Override
        public String call(String user, String tool, String arguments) {
            return FoodTools.restaurants(false);
        }
    }
}
