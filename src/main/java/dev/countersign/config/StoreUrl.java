package dev.countersign.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A store's JDBC URL, with the login that may ride in it taken out: a URL is shown in banners and messages, a password never.
 *
 * @param url without user and password
 */
record StoreUrl(String url, Optional<String> user, Optional<Secret> password) {
    private static final String SETTING = "COUNTERSIGN_DB_URL";

    /** Takes a URL apart; neither its host nor its database is looked for. */
    static StoreUrl read(String given) {
        if (given.startsWith("jdbc:postgresql:")) {
            return postgres(given);
        }
        String lower = given.toLowerCase(Locale.ROOT);
        // A server of H2's own has no barrier that we could take, and no one owner.
        boolean served = lower.startsWith("jdbc:h2:tcp:")
                || lower.startsWith("jdbc:h2:ssl:")
                || lower.contains("auto_server=true");
        if (!given.startsWith("jdbc:h2:") || served) {
            throw ConfigReader.bad(SETTING, "jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE", "another form");
        }
        return new StoreUrl(given, Optional.empty(), Optional.empty());
    }

    private static StoreUrl postgres(String given) {
        if (given.matches("jdbc:postgresql://[^/?]*@.*")) {
            throw ConfigReader.bad(
                    SETTING,
                    "a host without a user before it; say ?user=NAME&password=WORD, or set COUNTERSIGN_DB_USER and"
                            + " COUNTERSIGN_DB_PASSWORD",
                    "one with a user");
        }
        int question = given.indexOf('?');
        if (question < 0) {
            return new StoreUrl(given, Optional.empty(), Optional.empty());
        }
        Optional<String> user = Optional.empty();
        Optional<Secret> password = Optional.empty();
        List<String> others = new ArrayList<>();
        for (String part : given.substring(question + 1).split("&", -1)) {
            if (part.startsWith("user=")) {
                user = Optional.of(value(part));
            } else if (part.startsWith("password=")) {
                password = Optional.of(new Secret(value(part)));
            } else if (!part.isEmpty()) {
                others.add(part);
            }
        }
        String place = given.substring(0, question);
        return new StoreUrl(others.isEmpty() ? place : place + "?" + String.join("&", others), user, password);
    }

    private static String value(String part) {
        return URLDecoder.decode(part.substring(part.indexOf('=') + 1), StandardCharsets.UTF_8);
    }
}
