package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that is not named is known by name and description; one that is named is there with all it can do. */
final class SubcommandsTest {
    @TempDir
    private Path folder;

    private Terminal terminal;

    @BeforeEach
    void open() {
        terminal = new Terminal(folder);
    }

    private List<String> names() {
        assertThat(terminal.run("", "--help")).isZero();
        return Pattern.compile("^  ([a-z][a-z-]+)  ", Pattern.MULTILINE)
                .matcher(terminal.out())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void help_isTheSame_whateverElseIsNamed() {
        List<String> names = names();
        String brief = terminal.out();
        assertThat(names).contains("demo", "serve", "thread", "bench", "doctor").doesNotContain("soak-tools");

        assertThat(terminal.run("", "--help", "serve", "thread", "bench")).isZero();
        assertThat(terminal.out()).isEqualTo(brief);
    }

    @Test
    void everyCommandOfTheHelp_isThereWhole() {
        for (String name : names()) {
            assertThat(terminal.run("", name, "--help")).as(name).isZero();
            assertThat(terminal.out())
                    .as(name)
                    .startsWith("Usage: countersign " + name)
                    .contains("--help");
        }
        assertThat(terminal.run("", "thread", "history", "--help")).isZero();
        assertThat(terminal.run("", "bench", "w2", "--help")).isZero();
        assertThat(terminal.out()).contains("--clients");
    }

    @Test
    void unknownWord_isWrongUsage_andNamesWhatIsNear() {
        assertThat(terminal.run("", "thraed")).isEqualTo(2);
        assertThat(terminal.err()).contains("thraed").contains("thread");
        assertThat(terminal.run("")).isEqualTo(2);
        assertThat(terminal.err()).contains("Usage: countersign");
    }
}
