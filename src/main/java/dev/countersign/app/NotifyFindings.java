package dev.countersign.app;

import dev.countersign.config.NotifyConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.db.Database;
import dev.countersign.notify.Notifier;
import dev.countersign.permit.Finding;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What the doctor says of notifications. No address is shown: some of them are secrets. */
final class NotifyFindings {
    private static final String WHAT = "notifications";

    private NotifyFindings() {}

    static Finding settings(NotifyConfig config) {
        try {
            String words = Notifier.words(config);
            boolean clear = config.slackUrl().value().startsWith("http://")
                    || config.http().url().value().startsWith("http://");
            return clear
                    ? new Finding(
                            Finding.Level.WARN,
                            WHAT,
                            words + "; an http:// address is among them",
                            "Use https:// where messages leave this machine: whoever listens can read them, and the address.")
                    : new Finding(Finding.Level.OK, WHAT, words, "");
        } catch (CountersignException e) {
            return new Finding(Finding.Level.FAIL, WHAT, e.detail(), "docs/notifications.md has every setting.");
        }
    }

    /** Empty when none was given up. */
    static Optional<Finding> givenUp(Database store) {
        TreeSet<String> counts = new TreeSet<>();
        for (Map.Entry<NotifyConfig.Channel, Notifier.Figures> one :
                Notifier.figures(store, SystemSources.clock()).entrySet()) {
            if (one.getValue().givenUp() > 0) {
                counts.add(one.getKey().name().toLowerCase(Locale.ROOT) + " "
                        + one.getValue().givenUp());
            }
        }
        return counts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Finding(
                        Finding.Level.WARN,
                        WHAT,
                        "given up after the last attempt: " + String.join(", ", counts),
                        "The server's log says why; docs/notifications.md says what each reason means."));
    }
}
