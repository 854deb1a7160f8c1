package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher itself, with a java and an mvn that only say what they were told. */
final class LauncherTest {
    @TempDir
    Path folder;

    private Path home;
    private Path tools;
    private Path link;

    @BeforeEach
    void ship() throws IOException {
        home = Files.createDirectories(folder.resolve("shipped home"));
        tools = Files.createDirectories(folder.resolve("tools"));
        Files.createDirectories(folder.resolve("elsewhere"));
        Files.copy(Path.of("countersign"), home.resolve("countersign"));
        executable(home.resolve("countersign"));
        link = Files.createSymbolicLink(
                folder.resolve("elsewhere").resolve("cs"), Path.of("..", "shipped home", "countersign"));
        script("java", "echo pid $$; for a in \"$@\"; do echo \"arg $a\"; done");
        script(
                "mvn",
                "echo building; mkdir -p '" + home + "/target'; echo jar > '" + home + "/target/countersign.jar'");
    }

    private void script(String name, String body) throws IOException {
        executable(Files.writeString(tools.resolve(name), "#!/bin/sh\n" + body + "\n"));
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Run(long pid, int exit, String out, String err) {}

    private Run launch(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(link.toString());
        builder.command().addAll(List.of(arguments));
        builder.directory(folder.resolve("elsewhere").toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PATH", tools + File.pathSeparator + System.getenv("PATH"));
        builder.redirectError(folder.resolve("err").toFile());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.pid(), process.waitFor(), out, Files.readString(folder.resolve("err")));
    }

    @Test
    void becomesJava_fromAnyFolderAndThroughALink_andSaysNothingOfItsOwn() throws Exception {
        Files.createDirectories(home.resolve("target"));
        Files.writeString(home.resolve("target").resolve("countersign.jar"), "jar");
        Files.writeString(home.resolve("target").resolve("countersign.jsa"), "");

        Run run = launch("chat", "--user", "two words");

        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("pid " + run.pid() + "\narg -Dfile.encoding=UTF-8\n")
                .contains("arg -Dcountersign.home=" + home.toRealPath() + "\n")
                .contains("arg -Djdk.serialFilter=java.lang.*;java.util.*;dev.langchain4j.**;!*\n")
                .endsWith("arg dev.countersign.cli.Main\narg chat\narg --user\narg two words\n");
    }

    @Test
    void missingJar_isBuilt_withEveryWordOnStandardError() throws Exception {
        Files.writeString(home.resolve("pom.xml"), "<project/>");

        Run run = launch("--help");

        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("building");
        assertThat(run.out()).startsWith("pid " + run.pid() + "\n").doesNotContain("building");
        assertThat(launch("--help").err()).isEmpty();
    }

    @Test
    void failedBuild_andMissingJar_endWithPlainWords() throws Exception {
        assertThat(launch().exit()).isEqualTo(1);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        script("mvn", "exit 7");

        Run run = launch();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("the build failed");
    }

    @Test
    void whatTheJvmHadReadOfAServersClasses_isKept_andGivenToLaterStarts() throws Exception {
        Files.createDirectories(home.resolve("target"));
        Files.writeString(home.resolve("target").resolve("countersign.jar"), "jar");
        script(
                "java",
                "for a in \"$@\"; do case $a in -XX:ArchiveClassesAtExit=*) echo classes > \"${a#*=}\";; esac; done; "
                        + "for a in \"$@\"; do echo \"arg $a\"; done");

        Run first = launch("--help");
        Run second = launch("--help");

        Path archive = home.toRealPath().resolve("target").resolve("countersign.jsa");
        assertThat(archive).hasContent("classes");
        assertThat(first.err()).contains("preparing");
        assertThat(second.err()).isEmpty();
        assertThat(first.out()).isEqualTo(second.out()).contains("arg -XX:SharedArchiveFile=" + archive + "\n");
    }

    @Test
    void withoutAnArchive_itStartsAsWell_andTriesNoMore() throws Exception {
        Files.createDirectories(home.resolve("target"));
        Files.writeString(home.resolve("target").resolve("countersign.jar"), "jar");

        assertThat(launch("--help").err()).contains("preparing");
        Run run = launch("--help");

        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).doesNotContain("SharedArchiveFile");
    }
}
