package dev.countersign.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an evaluation scores, with a model that says or calls what the utterance itself spells out. */
final class EvaluationTest {
    @TempDir
    private Path folder;

    /** First lists, then calls what the utterance says before and after a space; a dash says words. */
    private static final class Parrot implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            String said = request.messages().stream()
                    .filter(UserMessage.class::isInstance)
                    .map(message -> ((UserMessage) message).singleText())
                    .findFirst()
                    .orElse("-");
            boolean listed = request.messages().size() > 1;
            String[] parts = listed ? said.split(" ", 2) : new String[] {"list", "{}"};
            AiMessage answer = parts[0].equals("-")
                    ? AiMessage.from("words")
                    : AiMessage.from(ToolExecutionRequest.builder()
                            .id("1")
                            .name(parts[0])
                            .arguments(parts[1])
                            .build());
            return ChatResponse.builder().aiMessage(answer).build();
        }
    }

    private static final class Host implements Evaluation.Host {
        @Override
        public List<ToolSpecification> tools(String user) {
            return List.of();
        }

        @Override
        public List<ChatMessage> opening(String user) {
            return List.of();
        }

        @Override
        public String call(String user, String tool, String arguments) {
            return "{\"rows\":[{\"key\":\"3\",\"id\":\"uuid\",\"name\":\"Blue Shelf\"}]}";
        }
    }

    private Evaluation.Report run(String... lines) throws IOException {
        Path file = Files.write(folder.resolve("set.tsv"), List.of(lines));
        return new Evaluation(new Parrot(), new Host(), "list").run(EvalLine.read(file));
    }

    @Test
    void preparatoryCallsDoNotCountUnlessExpected_andKeysAreComparedByTheirNames() throws IOException {
        Evaluation.Report report = run(
                "# a comment",
                "ann\tread {\"shelf\":\"3\"}\tread\t{\"restaurant\":\"Blue Shelf\"}",
                "ann\tread {\"shelf\":\"3\",\"operation\":\"take: Book\"}\tread\t{\"dish\":\"Book\"}",
                "ann\tanything {}\tlist",
                "ann\t-\t-",
                "ann\tok {\"access_request_id\":\"7\"}\tok\t{\"access_request_id\":\"7\"}");

        assertThat(report.lines()).containsExactly("accuracy 1.000 (5/5)");
    }

    @Test
    void wrongToolsArgumentsIdsAndSilenceAreMisses() throws IOException {
        Evaluation.Report report = run(
                "ann\tread {\"shelf\":\"4\"}\tread\t{\"restaurant\":\"Blue Shelf\"}",
                "ann\tok {\"operation_approval_id\":\"7\"}\tok\t{\"access_request_id\":\"7\"}",
                "ann\twrite {}\tread",
                "ann\t-\tread",
                "ann\tread {}\t-",
                "ann\t-\t-");

        assertThat(report.lines()).hasSize(6).last().isEqualTo("accuracy 0.167 (1/6)");
        assertThat(report.lines().get(0)).contains("line 1", "ann", "expected read", "got      read");
    }

    @Test
    void badLinesAreRefusedWithFileAndLine() {
        assertThatThrownBy(() -> run("# x", "ann\tonly two"))
                .hasMessageContaining("set.tsv:2: expected user, utterance, tool");
        assertThatThrownBy(() -> run("ann\tx\ty\t{\"price\":1}"))
                .hasMessageContaining("set.tsv:1: expected only the keys");
        assertThatThrownBy(() -> run("ann\tx\ty\tnot json")).hasMessageContaining("expected a JSON object");
    }
}
