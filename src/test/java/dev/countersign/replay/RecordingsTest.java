package dev.countersign.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The recordings of each format that are kept for ever, and what is refused in place of one. */
final class RecordingsTest {
    private static final Path FOLDER = Path.of("src/test/resources/replay");

    @TestFactory
    Stream<DynamicTest> promise12_everyRecordingThatIsKeptReplaysEqual() {
        return FixtureFolder.of(FOLDER).cases().stream().map(one -> DynamicTest.dynamicTest(one.name(), one::replay));
    }

    @Test
    void atLeastTwentyOfFormatOneAreKept() {
        assertThat(FixtureFolder.of(FOLDER.resolve("1")).cases()).hasSizeGreaterThanOrEqualTo(20);
    }

    private static String one() throws IOException {
        return Files.readString(
                FixtureFolder.of(FOLDER.resolve("1")).cases().get(0).file());
    }

    @Test
    void anUnknownFormat_andWhateverIsNoRecordingOrWasChanged_isRefusedInPlainWords() throws IOException {
        ObjectNode newer = (ObjectNode) Json.read(one());
        assertThatThrownBy(() -> Fixture.parse(Json.write(newer.put("format", 2)), "f"))
                .hasMessageContaining("CS-647")
                .hasMessageContaining("format 2");
        ObjectNode changed = (ObjectNode) Json.read(one());
        ((ObjectNode) changed.path("thread")).put("owner", "mallory");
        String whole = one();
        for (String bad : List.of(
                Json.write(changed),
                whole.substring(0, whole.length() / 2),
                "",
                "[]",
                "{}",
                "{\"format\":\"1\"}",
                "{\"format\":1}",
                "PK\u0003\u0004")) {
            assertThatThrownBy(() -> Fixture.parse(bad, "file.json"))
                    .as(bad.substring(0, Math.min(40, bad.length())))
                    .hasMessageContaining("CS-646")
                    .hasMessageContaining("file.json");
        }
    }

    @Test
    void aFolderWithNothingInIt_isAnErrorAndNoPass(@TempDir Path empty) {
        assertThatThrownBy(() -> FixtureFolder.of(empty)).isInstanceOf(AssertionError.class);
    }
}
