package dev.countersign.web;

import dev.countersign.account.TooManyAttempts;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way in and out. A failure says what to do, and nothing that helps to guess. */
final class Entrance {
    /** A path of this server's: anything else that is given as the page to go on with is left out. */
    private static final Pattern PATH = Pattern.compile("/(?![/\\\\])[A-Za-z0-9._~/?=&%:@+,-]{0,500}");

    private static final String HTML = "text/html;charset=utf-8";
    private static final int NAME_CHARS_MAX = 128;
    private static final int PASSWORD_CHARS_MAX = 200;

    private final Site site;

    Entrance(Site site) {
        this.site = site;
    }

    void on(RoutesConfig routes) {
        routes.get("/", this::start);
        routes.get("/login", this::form);
        routes.post("/login", this::enter);
        routes.post("/login/end", this::leave);
    }

    /**
     * What the form shows.
     *
     * @param next where to go on
     * @param name as it was typed
     * @param trouble why it did not work; null when nothing was tried
     * @param goodbye whether somebody has just logged out
     */
    record Form(String next, String name, @Nullable String trouble, boolean goodbye) {}

    private void start(Context context) {
        Site.guard(context);
        site.prove(cookie(context));
        context.status(303).header("Location", "/chat");
    }

    private static String cookie(Context context) {
        String cookie = Doorman.cookie(context);
        return cookie == null ? "" : cookie;
    }

    private void form(Context context) {
        Site.guard(context);
        String next = next(context.queryParam("next"));
        try {
            site.prove(cookie(context));
            context.status(303).header("Location", next);
        } catch (CountersignException e) {
            boolean goodbye = context.queryParam("goodbye") != null;
            boolean ended = e.code().kind() == ErrorCode.Kind.UNAUTHENTICATED
                    && Doorman.cookie(context) != null
                    && !cookie(context).isEmpty();
            String trouble =
                    ended ? "Your login has ended. Log in again to go on; nothing that was sent is lost." : null;
            show(context, 200, new Form(next, "", trouble, goodbye));
        }
    }

    private void show(Context context, int status, Form form) {
        String token = site.doorman().loginToken(context);
        Frame frame = site.frame("Log in", "", "", token, Preferences.of(context));
        context.status(status).contentType(HTML).result(site.rendering().of("login", frame, form));
    }

    private void enter(Context context) {
        Site.guard(context);
        String next = next(context.formParam("next"));
        String name = bounded(context.formParam("username"), NAME_CHARS_MAX);
        try {
            Doorman.requireToken(context, context.cookie(Doorman.FORM_COOKIE));
            site.doorman().letIn(context, name, bounded(context.formParam("password"), PASSWORD_CHARS_MAX));
            context.status(303).header("Location", next);
        } catch (TooManyAttempts e) {
            context.header("Retry-After", Long.toString(e.seconds()));
            show(context, 429, new Form(next, name, patience(e.seconds()), false));
        } catch (CountersignException e) {
            boolean stale = e.code().equals(WebErrors.OLD_FORM);
            String trouble = stale
                    ? "This page was open for too long. Please try once more."
                    : "Name and password do not belong together. Check both, and whether Caps Lock is on.";
            show(context, e.code().kind().httpStatus(), new Form(next, name, trouble, false));
        }
    }

    private static String patience(long seconds) {
        String wait = seconds < 90 ? seconds + " seconds" : (seconds + 59) / 60 + " minutes";
        return "That was wrong too often, so logging in is paused. Try again in " + wait
                + "; if you forgot the password, whoever runs this server can set a new one.";
    }

    private void leave(Context context) {
        Site.guard(context);
        Doorman.requireToken(context, Doorman.cookie(context));
        site.doorman().letOut(context);
        context.status(303).header("Location", "/login?goodbye");
    }

    private static String next(@Nullable String wished) {
        return wished != null && PATH.matcher(wished).matches() ? wished : "/";
    }

    /** What is longer than any name or password is wrong in any case, and is not looked at. */
    private static String bounded(@Nullable String value, int charsMax) {
        return value == null || value.length() > charsMax ? "" : value;
    }
}
