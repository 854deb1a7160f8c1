package dev.countersign.web;

import dev.countersign.server.ServerParts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who am I, on what does this run, and how do I like it. */
final class SettingsPage implements Section {
    private static final int WORD_CHARS_MAX = 20;
    private static final int CHOSEN_MAX = 50;

    /**
     * What is shown.
     *
     * @param ends when the login ends unless it is used
     * @param auditor whether figures are open to them
     * @param saved which of the forms was just sent: yes for the look, notifications, or nothing
     */
    record Settings(
            Preferences look,
            Instant ends,
            ServerParts.About about,
            List<TellingMe.Row> telling,
            boolean auditor,
            String saved) {
        Settings {
            telling = List.copyOf(telling);
        }
    }

    @Override
    public Optional<Entry> entry() {
        return Optional.empty();
    }

    @Override
    public void on(Site site) {
        site.get("/settings", visit -> show(site, visit));
        site.post("/settings", SettingsPage::save);
        site.post("/settings/notifications", visit -> {
            telling(site).say(visit.who().user(), visit.fields("on", CHOSEN_MAX));
            visit.seeOther("/settings?saved=notifications");
        });
    }

    private static TellingMe telling(Site site) {
        return new TellingMe(site.parts().choices(), site.parts().about().channels());
    }

    private static void show(Site site, Visit visit) {
        Settings settings = new Settings(
                visit.look(),
                visit.prove().expiresAt(),
                site.parts().about(),
                telling(site).rows(visit.who().user()),
                FiguresPage.isOpenTo(site, visit.who()),
                visit.query("saved"));
        visit.page("settings", "Settings", "settings", settings);
    }

    private static void save(Visit visit) {
        visit.remember(new Preferences(
                Preferences.Theme.of(visit.field("theme", WORD_CHARS_MAX)),
                !visit.field("keys", WORD_CHARS_MAX).isEmpty(),
                !visit.field("alerts", WORD_CHARS_MAX).isEmpty()));
        visit.seeOther("/settings?saved=yes");
    }
}
