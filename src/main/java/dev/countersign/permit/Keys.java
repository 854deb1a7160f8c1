package dev.countersign.permit;

import dev.countersign.core.Principal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What may become part of a path. The SDK does not encode path segments, so a user {@code a/b} or {@code ..} would reach
 * another endpoint; such texts are refused here, before any request.
 */
final class Keys {
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final int SHOWN_MAX = 60;

    private Keys() {}

    static boolean isUuid(String text) {
        return UUID_FORM.matcher(text).matches();
    }

    static String user(String text) {
        return checked("a user key or id", text);
    }

    static String role(String text) {
        return checked("a role key", text);
    }

    static String action(String text) {
        return checked("an action key", text);
    }

    static String setting(String name, String text) {
        return checked("the setting " + name + " to be a key", text);
    }

    /** An instance key or id without its type: {@code 3} and, for type {@code restaurants}, {@code restaurants:3}. */
    static String instance(String resource, String text) {
        String prefix = resource + ":";
        return checked(
                "a resource instance key or id", text.startsWith(prefix) ? text.substring(prefix.length()) : text);
    }

    static String requestId(String text) {
        if (!isUuid(text)) {
            throw Failures.invalid("expected a request id in the form of a UUID, got " + shown(text)
                    + ". List the requests to see their ids.");
        }
        return text;
    }

    /** One path segment or query value, percent-encoded: nothing in it can end the segment. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String checked(String what, String text) {
        if (!Principal.isKey(text)) {
            throw Failures.invalid(
                    "expected " + what + " of 1 to 128 letters, digits or | @ + - . _ , got " + shown(text));
        }
        return text;
    }

    private static String shown(String text) {
        String cut = text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
        return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
