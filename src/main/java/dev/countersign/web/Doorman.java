package dev.countersign.web;

import dev.countersign.account.Issued;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who a browser speaks for. A login is a row of {@code account.Sessions}, the same that an API client's is, and the cookie is its
 * newest secret: a logout, another password or a disabled account ends it at the next request, on every node. No script can read
 * the cookie, no other site can have it sent.
 *
 * <p>Each form carries a token that is a MAC under the cookie's secret: whoever cannot read the page cannot make one. The form of
 * the login itself has a cookie of its own for that. Safe for use by many threads.
 */
final class Doorman {
    /** Over plain HTTP, as on loopback. */
    static final String PLAIN = "countersign";

    /** Over TLS: browsers take a cookie of this name only over TLS and for this host alone. */
    static final String SECURE = "__Host-countersign";

    static final String FORM_COOKIE = "countersign-form";
    static final String TOKEN_FIELD = "csrf";
    static final String TOKEN_HEADER = "X-CSRF-Token";

    /** As long as {@code account.Sessions} keeps a login at most; it may end before. */
    private static final Duration COOKIE_AGE = Duration.ofDays(90);

    private static final Duration FORM_AGE = Duration.ofHours(12);
    private static final Duration LOOK_AGE = Duration.ofDays(365);
    private static final int SECRET_BYTES = 32;

    private final Logins logins;
    private final SecureRandom random = new SecureRandom();

    Doorman(Logins logins) {
        this.logins = logins;
    }

    /** Whether the browser speaks TLS, here or with the proxy in front; believed only to be stricter by it. */
    static boolean isSecure(Context context) {
        return "https".equals(context.scheme()) || "https".equalsIgnoreCase(context.header("X-Forwarded-Proto"));
    }

    /** The cookie that proves a login; null when there is none. */
    static @Nullable String cookie(Context context) {
        return context.cookie(isSecure(context) ? SECURE : PLAIN);
    }

    /**
     * The login that a cookie proves.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-740} without one, {@code CS-702} when it proves nothing any more
     */
    LoginTokens.Login prove(@Nullable String cookie) {
        if (cookie == null || cookie.isEmpty()) {
            throw WebErrors.noCookie();
        }
        return logins.resume(cookie);
    }

    /** Lets somebody in who knows the password. */
    void letIn(Context context, String user, String password) {
        Issued issued = logins.login(user, password, context.ip());
        boolean secure = isSecure(context);
        set(context, secure ? SECURE : PLAIN, issued.refresh(), COOKIE_AGE);
        set(context, FORM_COOKIE, "", Duration.ZERO);
    }

    /** Ends the login, here and wherever its cookie has got to. */
    void letOut(Context context) {
        String cookie = cookie(context);
        if (cookie != null) {
            logins.forget(cookie);
        }
        set(context, isSecure(context) ? SECURE : PLAIN, "", Duration.ZERO);
        context.header("Clear-Site-Data", "\"cache\", \"storage\"");
    }

    /** Keeps how somebody likes the page. */
    void remember(Context context, Preferences preferences) {
        set(context, Preferences.COOKIE, preferences.cookie(), LOOK_AGE);
    }

    private static void set(Context context, String name, String value, Duration age) {
        Cookie cookie = new Cookie(name, value);
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSecure(isSecure(context));
        cookie.setSameSite(SameSite.STRICT);
        cookie.setMaxAge((int) age.toSeconds());
        context.cookie(cookie);
    }

    /** What forms of this cookie's pages carry. */
    static String token(String cookie) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(cookie.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] sum = mac.doFinal("a form of Countersign".getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    /** What the form of the login carries; sets the cookie it belongs to unless there is one. */
    String loginToken(Context context) {
        String known = context.cookie(FORM_COOKIE);
        if (known != null && !known.isEmpty()) {
            return token(known);
        }
        byte[] drawn = new byte[SECRET_BYTES];
        random.nextBytes(drawn);
        String fresh = Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
        set(context, FORM_COOKIE, fresh, FORM_AGE);
        return token(fresh);
    }

    /**
     * Refuses a form that is not of a page of this cookie's.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-741}
     */
    static void requireToken(Context context, @Nullable String cookie) {
        String header = context.header(TOKEN_HEADER);
        String given = header == null ? context.formParam(TOKEN_FIELD) : header;
        if (cookie == null || cookie.isEmpty() || given == null || !same(given, token(cookie))) {
            throw WebErrors.oldForm();
        }
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
