package dev.countersign.config;

import dev.countersign.core.Principal;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the settings of notifications. No value is repeated in a refusal: each may be a secret, or hold one. */
final class NotifyReader {
    private static final String SMTP = "COUNTERSIGN_NOTIFY_SMTP_URL";
    private static final String SMTP_FORM =
            "smtp://HOST:587 or smtps://HOST:465, with USER:PASSWORD@ before the host and ?tls=off after it where need be";
    private static final int KEY_BYTES_MIN = 24;
    private static final int KEY_BYTES_MAX = 64;
    private static final int SUBMISSION = 587;
    private static final int SUBMISSION_TLS = 465;
    private static final int ADDRESSES_MAX = 50;
    private static final Duration KEEP_MIN = Duration.ofDays(1);

    private NotifyReader() {}

    static NotifyConfig read(Map<String, String> all) {
        return new NotifyConfig(
                address(all, "COUNTERSIGN_NOTIFY_SLACK_URL"),
                new NotifyConfig.Mail(
                        ConfigReader.optional(all, SMTP).map(NotifyReader::smtp).orElse(null),
                        from(all),
                        people(all, "COUNTERSIGN_NOTIFY_SMTP_TO"),
                        people(all, "COUNTERSIGN_NOTIFY_SMTP_ESCALATE_TO")),
                new NotifyConfig.Hook(address(all, "COUNTERSIGN_NOTIFY_HTTP_URL"), key(all)),
                channels(all),
                ConfigReader.optional(all, "COUNTERSIGN_NOTIFY_TEMPLATES").map(Path::of),
                keep(all));
    }

    /** A web address whose path or query may be the secret. */
    private static Secret address(Map<String, String> all, String name) {
        String value = ConfigReader.text(all, name, "");
        if (value.isEmpty()) {
            return new Secret("");
        }
        @Nullable URI url = parsed(value);
        boolean web = url != null && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()));
        if (url == null
                || !web
                || url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawFragment() != null) {
            throw ConfigReader.bad(name, "an http or https URL without user or fragment", "another form");
        }
        return new Secret(value);
    }

    private static @Nullable URI parsed(String value) {
        try {
            return new URI(value);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static NotifyConfig.Smtp smtp(String value) {
        @Nullable URI url = parsed(value);
        if (url == null || url.getHost() == null || !isPlace(url)) {
            throw ConfigReader.bad(SMTP, SMTP_FORM, "another form");
        }
        boolean tls = "smtps".equals(url.getScheme());
        boolean off = "tls=off".equals(url.getRawQuery());
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        String[] login = login(url);
        if (off && (tls || !login[0].isEmpty())) {
            throw ConfigReader.bad(SMTP, "no ?tls=off where there is a password or smtps", "both");
        }
        int port = url.getPort() > 0 ? url.getPort() : tls ? SUBMISSION_TLS : SUBMISSION;
        boolean required = !tls && !off && !isLoopback(host);
        return new NotifyConfig.Smtp(host, port, tls, required, login[0], new Secret(login[1]));
    }

    private static boolean isPlace(URI url) {
        boolean scheme = "smtp".equals(url.getScheme()) || "smtps".equals(url.getScheme());
        boolean query = url.getRawQuery() == null || url.getRawQuery().equals("tls=off");
        boolean path = url.getRawPath() == null || url.getRawPath().matches("/?");
        return scheme && query && path && url.getRawFragment() == null;
    }

    private static String[] login(URI url) {
        String info = url.getRawUserInfo();
        if (info == null || info.isEmpty()) {
            return new String[] {"", ""};
        }
        int colon = info.indexOf(':');
        if (colon < 1) {
            throw ConfigReader.bad(SMTP, "USER:PASSWORD before the @", "something else");
        }
        return new String[] {decoded(info.substring(0, colon)), decoded(info.substring(colon + 1))};
    }

    /** A plus sign is itself in this place of a URL. */
    private static String decoded(String raw) {
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.matches("127(\\.\\d{1,3}){3}") || host.equals("::1");
    }

    private static String from(Map<String, String> all) {
        String name = "COUNTERSIGN_NOTIFY_SMTP_FROM";
        String from = ConfigReader.text(all, name, "");
        if (!from.isEmpty() && !NotifyConfig.isAddress(from)) {
            throw ConfigReader.bad(name, "one e-mail address", "another form");
        }
        return from;
    }

    private static List<String> people(Map<String, String> all, String name) {
        String value = ConfigReader.text(all, name, "");
        if (value.isEmpty()) {
            return List.of();
        }
        List<String> people =
                List.of(value.split(",", -1)).stream().map(String::strip).toList();
        boolean fine = people.stream().allMatch(NotifyReader::isPerson);
        if (!fine || people.size() > ADDRESSES_MAX) {
            throw ConfigReader.bad(
                    name, "at most " + ADDRESSES_MAX + " e-mail addresses or Permit users between commas", "others");
        }
        return people;
    }

    private static boolean isPerson(String one) {
        return one.contains("@") ? NotifyConfig.isAddress(one) : Principal.isKey(one);
    }

    private static Secret key(Map<String, String> all) {
        String name = "COUNTERSIGN_NOTIFY_HTTP_SECRET";
        Optional<String> given = ConfigReader.optional(all, name);
        given.filter(value -> !isKey(value)).ifPresent(value -> {
            throw ConfigReader.bad(
                    name,
                    "whsec_ and " + KEY_BYTES_MIN + " to " + KEY_BYTES_MAX
                            + " random bytes in base64 (openssl rand -base64 32)",
                    "another form");
        });
        return new Secret(given.orElse(""));
    }

    private static boolean isKey(String value) {
        if (!value.startsWith("whsec_")) {
            return false;
        }
        try {
            int bytes = Base64.getDecoder().decode(value.substring("whsec_".length())).length;
            return bytes >= KEY_BYTES_MIN && bytes <= KEY_BYTES_MAX;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A cause that is gone through again after a crash must still find its row. */
    private static Duration keep(Map<String, String> all) {
        String name = "COUNTERSIGN_NOTIFY_KEEP";
        Duration keep = ConfigReader.duration(all, name, "30d");
        if (keep.compareTo(KEEP_MIN) < 0) {
            throw ConfigReader.bad(name, "at least 1d", ConfigReader.text(all, name, ""));
        }
        return keep;
    }

    private static Set<NotifyConfig.Channel> channels(Map<String, String> all) {
        String name = "COUNTERSIGN_NOTIFY_ARGUMENTS";
        Set<NotifyConfig.Channel> channels = EnumSet.noneOf(NotifyConfig.Channel.class);
        String value = ConfigReader.text(all, name, "");
        for (String one : value.isEmpty() ? new String[0] : value.split(",", -1)) {
            channels.add(channel(name, one.strip().toUpperCase(Locale.ROOT)));
        }
        return channels;
    }

    private static NotifyConfig.Channel channel(String name, String value) {
        for (NotifyConfig.Channel channel : NotifyConfig.Channel.values()) {
            if (channel.name().equals(value)) {
                return channel;
            }
        }
        throw ConfigReader.bad(name, "slack, mail or http, with commas between them", value.toLowerCase(Locale.ROOT));
    }
}
