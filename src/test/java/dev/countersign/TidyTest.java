package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house that no compiler knows. */
final class TidyTest {
    private static final int MAIN_LINES_MAX = 400;
    private static final int TEST_LINES_MAX = 500;
    private static final Pattern CODE = Pattern.compile("new ErrorCode\\(\\s*\"(CS-\\d{3})\"");

    private static final Pattern STORE =
            Pattern.compile("Stores\\.(config|settings|open)\\((?!Stores)|new (World|Desk|Rig|ServerFixture)\\(");

    private static List<Path> sources(String root) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(root))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void filesAreShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources("src/main/java")) {
            if (Files.readAllLines(file).size() > MAIN_LINES_MAX) {
                tooLong.add(file.toString());
            }
        }
        for (Path file : sources("src/test/java")) {
            if (Files.readAllLines(file).size() > TEST_LINES_MAX) {
                tooLong.add(file.toString());
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void anErrorCodeMeansOneThing() throws IOException {
        Map<String, Path> first = new HashMap<>();
        List<String> twice = new ArrayList<>();
        for (Path file : sources("src/main/java")) {
            Matcher codes = CODE.matcher(Files.readString(file));
            while (codes.find()) {
                Path before = first.putIfAbsent(codes.group(1), file);
                if (before != null) {
                    twice.add(codes.group(1) + " in " + before + " and " + file);
                }
            }
        }
        assertThat(twice).isEmpty();
        assertThat(first).isNotEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        List<Path> silent = new ArrayList<>();
        for (Path file : sources("src/main/java")) {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info) || !Files.readString(info).contains("/**")) {
                silent.add(file.getParent());
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void whatOpensAStoreRunsOnPostgresToo_andWhatIsLongRunsOnlyWhenAskedFor() throws IOException {
        List<String> untagged = new ArrayList<>();
        for (Path file : sources("src/test/java")) {
            String text = Files.readString(file);
            String name = file.getFileName().toString();
            boolean test = name.endsWith("Test.java") && !name.equals("TidyTest.java");
            if (test && STORE.matcher(text).find() && !text.contains("@Tag(\"store\")")) {
                untagged.add(file + " opens a store and lacks @Tag(\"store\")");
            }
            if (name.endsWith("Long.java") && !text.contains("@Tag(\"long\")")) {
                untagged.add(file + " is named long and lacks @Tag(\"long\")");
            }
        }
        assertThat(untagged).isEmpty();
    }

    @Test
    void testsNeitherSleepNorAreSkipped() throws IOException {
        // Put together, so that this file does not name what it forbids.
        List<String> forbidden = List.of("Thread." + "sleep(", "@" + "Disabled", "assume" + "True(", "Mock" + "ito");
        List<String> found = new ArrayList<>();
        for (Path file : sources("src/test/java")) {
            String text = Files.readString(file);
            forbidden.stream().filter(text::contains).forEach(word -> found.add(word + " in " + file));
        }
        assertThat(found).isEmpty();
    }
}
