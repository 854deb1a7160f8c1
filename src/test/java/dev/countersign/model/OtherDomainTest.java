package dev.countersign.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another domain, with three phrases for one tool and none at all for the others: nothing in the code knows of food. */
final class OtherDomainTest {
    private static final List<ToolSpecification> TOOLS = List.of(
            tool("list_volumes", "Lists the storage volumes."),
            tool("delete_volume", "Deletes a storage volume for good.", "volume", "reason"),
            tool("restart_server", "Restarts a server by its id.", "server_id"),
            tool("open_ticket", "Opens a ticket with a title.", "title"),
            tool("snapshot_volume", "Takes a snapshot, a backup, of a volume.", "volume"));
    private static final ToolSpecification RESIZE = ToolSpecification.builder()
            .name("resize_volume")
            .description("Changes a volume's size.")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("volume_id")
                    .addIntegerProperty("size_gb")
                    .required("volume_id", "size_gb")
                    .build())
            .build();

    private static ToolSpecification tool(String name, String description, String... required) {
        JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
        List.of(required).forEach(schema::addStringProperty);
        return ToolSpecification.builder()
                .name(name)
                .description(description)
                .parameters(schema.required(required).build())
                .build();
    }

    @Test
    void rowsMayNameTheirIdAsTheParameterDoes_andACallWithANumberIsMadeOnce() {
        Talk talk = new Talk(
                Models.offline(Phrasebook.ofPhrases(Map.of(
                        "resize_volume",
                        List.of("resize [volume] {volume} to {size_gb} gb"),
                        "list_volumes",
                        List.of()))),
                List.of(RESIZE, TOOLS.get(0)),
                call -> call.name().equals("list_volumes")
                        ? "[{\"volume_id\":\"vol-7\",\"name\":\"Archive\",\"size_gb\":10}]"
                        : "{\"status\":\"done\"}");

        talk.say("resize the volume archive to 200 gb");

        assertThat(talk.calls())
                .containsExactly("list_volumes {}", "resize_volume {\"volume_id\":\"vol-7\",\"size_gb\":200}");
    }

    private static String result(ToolExecutionRequest call) {
        return call.name().equals("list_volumes")
                ? "{\"volumes\":[{\"id\":\"vol-1\",\"name\":\"Archive\"},{\"id\":\"vol-2\",\"name\":\"Web Logs\"}]}"
                : "{\"status\":\"done\"}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "show me the volumes|list_volumes {}",
                "which volumes are there?|list_volumes {}",
                "delete the web logs volume because nobody reads them|delete_volume {\"volume\":\"vol-2\",\"reason\":\"nobody reads them\"}",
                "please remove volume archive because it is old|delete_volume {\"volume\":\"vol-1\",\"reason\":\"it is old\"}",
                "restart server srv-12|restart_server {\"server_id\":\"srv-12\"}",
                "please reboot the server srv-9|restart_server {\"server_id\":\"srv-9\"}",
                "take a snapshot of the archive|snapshot_volume {\"volume\":\"vol-1\"}",
                "make a backup of volume Web Logs|snapshot_volume {\"volume\":\"vol-2\"}"
            })
    void routesFromNamesDescriptionsAndAFewPhrases(String text, String call) {
        Talk talk = new Talk(
                Models.offline(Phrasebook.ofPhrases(Map.of(
                        "snapshot_volume",
                        List.of("take a snapshot of {volume}", "back up {volume}", "make a backup of {volume}")))),
                TOOLS,
                OtherDomainTest::result);

        talk.say(text);

        assertThat(talk.calls()).last().isEqualTo(call);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"delete the volume archive", "delete a volume because it is old", "hello there", "restart a server"
            })
    void missingPartsAndSmallTalkCallNothingThatActs(String text) {
        Talk talk = new Talk(Models.offline(Phrasebook.empty()), TOOLS, OtherDomainTest::result);

        talk.say(text);

        assertThat(talk.calls()).allMatch(call -> call.startsWith("list_volumes"));
    }
}
