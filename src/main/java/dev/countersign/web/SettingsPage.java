package dev.countersign.web;

import java.time.Instant;
import java.util.Optional;

/** Who am I, on what does this run, and how do I like it. */
final class SettingsPage implements Section {
    private static final int WORD_CHARS_MAX = 20;

    /**
     * What is shown.
     *
     * @param ends when the login ends unless it is used
     * @param auditor whether figures are open to them
     * @param saved whether it was just changed
     */
    record Settings(Preferences look, Instant ends, String permit, String model, boolean auditor, boolean saved) {}

    @Override
    public Optional<Entry> entry() {
        return Optional.empty();
    }

    @Override
    public void on(Site site) {
        site.get("/settings", visit -> show(site, visit));
        site.post("/settings", SettingsPage::save);
    }

    private static void show(Site site, Visit visit) {
        Settings settings = new Settings(
                visit.look(),
                visit.prove().expiresAt(),
                site.parts().about().permit(),
                site.parts().about().model(),
                FiguresPage.isOpenTo(site, visit.who()),
                !visit.query("saved").isEmpty());
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
