package dev.countersign.web;

import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How somebody likes the page in this browser. It is kept in a cookie of the browser's, holds nothing that tells who they are,
 * and whatever cannot be read is as if it had not been said.
 *
 * @param keys whether the inbox listens to single keys
 * @param alerts whether the desktop tells of new requests while an inbox is open
 */
record Preferences(Theme theme, boolean keys, boolean alerts) {
    static final Preferences DEFAULT = new Preferences(Theme.AUTO, true, false);
    static final String COOKIE = "countersign-look";
    private static final String ON = "on";

    /** Which colours. */
    enum Theme {
        AUTO,
        LIGHT,
        DARK;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Theme of(@Nullable String word) {
            for (Theme theme : values()) {
                if (theme.word().equals(word)) {
                    return theme;
                }
            }
            return AUTO;
        }
    }

    static Preferences of(Context context) {
        String cookie = context.cookie(COOKIE);
        List<String> words = cookie == null ? List.of() : List.of(cookie.split("\\.", -1));
        return words.size() == 3
                ? new Preferences(Theme.of(words.get(0)), ON.equals(words.get(1)), ON.equals(words.get(2)))
                : DEFAULT;
    }

    String cookie() {
        return theme.word() + "." + (keys ? ON : "off") + "." + (alerts ? ON : "off");
    }
}
