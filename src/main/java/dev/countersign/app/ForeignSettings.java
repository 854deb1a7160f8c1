package dev.countersign.app;

import java.util.Map;
import java.util.Set;

/** The settings of whoever started this program: a child that is to stand on its own feet must not inherit them. */
public final class ForeignSettings {
    /** Those without a prefix of ours. */
    private static final Set<String> THEIRS = Set.of(
            "TENANT",
            "PROJECT_ID",
            "ENV_ID",
            "RESOURCE_KEY",
            "ACCESS_ELEMENTS_CONFIG_ID",
            "OPERATION_ELEMENTS_CONFIG_ID");

    private ForeignSettings() {}

    /** Takes every setting out of a child's environment. */
    public static void removeFrom(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(
                        setting -> THEIRS.contains(setting) || setting.matches("(PERMIT|COUNTERSIGN|OPENAI|MODEL)_.*"));
    }
}
