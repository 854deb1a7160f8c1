package dev.countersign.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs tests where there is a Chromium, and says so where there is none: a missing browser is no failure of ours. */
final class NeedsBrowser implements ExecutionCondition {
    private static final List<String> PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    /** The browser of this machine; {@code -Dbrowser=PATH} names another. */
    static Optional<Path> browser() {
        String named = System.getProperty("browser");
        List<String> places = named == null ? PLACES : List.of(named);
        return places.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (browser().isPresent()) {
            return ConditionEvaluationResult.enabled("there is a browser");
        }
        String why = "the page's tests did not run: no Chromium at " + PLACES + "; apt-get install chromium, or"
                + " -Dbrowser=PATH";
        System.err.println("NOT RUN " + context.getDisplayName() + ": " + why);
        return ConditionEvaluationResult.disabled(why);
    }
}
