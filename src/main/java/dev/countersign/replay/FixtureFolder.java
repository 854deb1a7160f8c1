package dev.countersign.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Recordings in a folder and below, each a test by itself. Of no test framework; in JUnit:
 *
 * <pre>
 * &#64;TestFactory
 * Stream&lt;DynamicTest&gt; recordings() {
 *     return FixtureFolder.of(Path.of("src/test/resources/replay")).cases().stream()
 *             .map(one -&gt; DynamicTest.dynamicTest(one.name(), one::replay));
 * }
 * </pre>
 *
 * An empty folder is an error: a test that has nothing to look at finds nothing.
 */
public final class FixtureFolder {
    private static final String SUFFIX = ".json";

    private final List<Case> cases;

    private FixtureFolder(List<Case> cases) {
        this.cases = cases;
    }

    /** The files that end in {@code .json}, by name. */
    public static FixtureFolder of(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Case> cases = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .map(file -> new Case(folder.relativize(file).toString(), file))
                    .toList();
            if (cases.isEmpty()) {
                throw new AssertionError("expected recordings (*" + SUFFIX + ") in " + folder + ", got none");
            }
            return new FixtureFolder(cases);
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + folder, e);
        }
    }

    public List<Case> cases() {
        return cases;
    }

    /**
     * A recording.
     *
     * @param name its path in the folder
     */
    public record Case(String name, Path file) {
        /**
         * Replays it.
         *
         * @throws AssertionError saying thread, step, node, expected and got, when it diverges
         * @throws dev.countersign.core.CountersignException when the file is no recording that can be read
         * @throws IOException when there is no such file (any more)
         */
        public void replay() throws IOException {
            Recording recording = Fixture.read(file).recording();
            Verdict verdict = Stages.SHARED.run(recording);
            verdict.divergence().ifPresent(divergence -> {
                throw new AssertionError(name + ": " + divergence.line());
            });
            if (!verdict.digest().equals(recording.digest())) {
                throw new AssertionError(name + ": expected the transcript's digest to be " + recording.digest()
                        + ", got " + verdict.digest());
            }
        }
    }

    /** One store for all cases of a process: making one costs more than many replays. */
    private static final class Stages {
        static final Stages SHARED = new Stages();

        private final StrictReplay replay = new StrictReplay();

        synchronized Verdict run(Recording recording) {
            return replay.run(recording);
        }
    }
}
