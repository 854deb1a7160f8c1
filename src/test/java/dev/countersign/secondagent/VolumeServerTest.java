package dev.countersign.secondagent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.tool.ServerSpec;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolClients;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of somebody else's, spoken to as a real one: by its command, under a locale that knows no UTF-8. */
final class VolumeServerTest {
    @TempDir
    Path folder;

    /** How an agent file names the server. */
    public static List<String> command(Path state) {
        return List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                VolumeServer.class.getName(),
                state.toString());
    }

    private static ToolOutcome call(ToolClient client, String tool, String arguments) {
        return client.call(new ToolInvocation(tool, arguments, new Principal("ann"), "key", null));
    }

    @Test
    void strangersServer_isListedAndCalled_andItsEffectsAreCountedFromOutside() {
        Path state = folder.resolve("volumes.txt");
        ServerSpec spec = new ServerSpec(
                "volumes",
                command(state),
                Optional.empty(),
                Map.of("LC_ALL", "C"),
                Optional.empty(),
                Duration.ofSeconds(20));
        try (ToolClient client = ToolClients.connect(List.of(spec), List.of("/bin/false"))) {
            assertThat(client.tools())
                    .extracting(ToolInfo::name)
                    .containsExactly("list_volumes", "describe_volume", "resize_volume", "delete_volume");
            assertThat(client.tools()).extracting(ToolInfo::readOnly).containsExactly(true, true, false, false);
            assertThat(client.tools()).extracting(ToolInfo::repeatable).containsExactly(true, true, true, false);

            assertThat(Json.read(call(client, "list_volumes", "{}").text())).hasSize(3);
            assertThat(call(client, "resize_volume", "{\"volume_id\":\"vol-1\",\"size_gb\":200}")
                            .text())
                    .isEqualTo("Volume vol-1 now has 200 GB.");
            assertThat(call(client, "delete_volume", "{\"volume_id\":\"vol-2\"}"))
                    .isInstanceOf(ToolOutcome.Succeeded.class);
            assertThat(call(client, "delete_volume", "{\"volume_id\":\"vol-2\"}"))
                    .isInstanceOf(ToolOutcome.Failed.class);
            assertThat(call(client, "describe_volume", "{\"volume_id\":\"volumé-寿\"}")
                            .text())
                    .contains("volumé-寿");
        }
        VolumeStore seen = new VolumeStore(state);
        assertThat(seen.effects("resize_volume")).isEqualTo(1);
        assertThat(seen.effects("delete_volume")).isEqualTo(1);
        assertThat(seen.volumes())
                .containsEntry("vol-1", new VolumeStore.Volume("vol-1", "payroll archive", 200))
                .doesNotContainKey("vol-2");
    }
}
