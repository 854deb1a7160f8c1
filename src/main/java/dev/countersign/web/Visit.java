package dev.countersign.web;

import dev.countersign.account.LoginTokens;
import dev.countersign.core.Principal;
import io.javalin.http.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request of somebody who has logged in, and its answer. Used by one thread. */
final class Visit {
    private static final String HTML = "text/html;charset=utf-8";

    private final Site site;
    private final Context context;
    private final LoginTokens.Login login;
    private final String cookie;

    Visit(Site site, Context context, LoginTokens.Login login, String cookie) {
        this.site = site;
        this.context = context;
        this.login = login;
        this.cookie = cookie;
    }

    /** Who asks. */
    Principal who() {
        return login.principal();
    }

    Context context() {
        return context;
    }

    /** Proves the login anew; for feeds, which outlive the request. */
    LoginTokens.Login prove() {
        return site.prove(cookie);
    }

    /** Whether htmx asks, for a piece of a page. */
    boolean partial() {
        return context.header("HX-Request") != null && context.header("HX-History-Restore-Request") == null;
    }

    /** A part of the path. */
    String path(String name) {
        return context.pathParam(name);
    }

    /** A word of the query; empty when it is not there. */
    String query(String name) {
        String value = context.queryParam(name);
        return value == null ? "" : value;
    }

    /** A whole number of the query that is not below zero. */
    long number(String name, long otherwise) {
        String value = context.queryParam(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,18}")) {
            throw WebErrors.badForm("expected '" + name + "' to be a whole number, got another word");
        }
        return Long.parseLong(value);
    }

    /**
     * A field of the form; empty when it is not there.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-742} when it is longer
     */
    String field(String name, int charsMax) {
        String value = context.formParam(name);
        if (value != null && value.length() > charsMax) {
            throw WebErrors.badForm(
                    "expected '" + name + "' to have at most " + charsMax + " characters, got " + value.length());
        }
        return value == null ? "" : value;
    }

    /**
     * All fields of one name.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-742} when they are more
     */
    List<String> fields(String name, int max) {
        List<String> values = context.formParams(name);
        if (values.size() > max) {
            throw WebErrors.badForm("expected at most " + max + " of '" + name + "', got " + values.size());
        }
        return values;
    }

    Preferences look() {
        return Preferences.of(context);
    }

    /** Keeps how somebody likes the page. */
    void remember(Preferences preferences) {
        site.doorman().remember(context, preferences);
    }

    /** What renders in the name of this visitor, also when the request is over. */
    Pen pen() {
        return new Pen(site, who().user(), Doorman.token(cookie), look());
    }

    /** A piece as it would be sent; for patches that consist of several. */
    String rendered(String template, Object it) {
        return pen().piece(template, it);
    }

    /** Where a feed goes on: what the browser says it had last, or what the page was made with. */
    long resumeAfter() {
        String last = context.header("Last-Event-ID");
        boolean known = last != null && last.matches("\\d{1,18}");
        return known ? Long.parseLong(last) : number("after", 0);
    }

    /** Answers with a whole page. */
    void page(String template, String title, String section, Object it) {
        context.contentType(HTML).result(site.rendering().of(template, pen().frame(title, section), it));
    }

    /** Answers with a piece of a page. */
    void piece(String template, Object it) {
        context.contentType(HTML).result(rendered(template, it));
    }

    /** Answers with pieces that find their places by their ids. */
    void patch(String html) {
        context.header("X-Patch", "yes").contentType(HTML).result(html);
    }

    /** Sends the browser elsewhere, whoever asked. */
    void seeOther(String path) {
        if (partial()) {
            context.status(204).header("HX-Redirect", path);
        } else {
            context.status(303).header("Location", path);
        }
    }

    /** A notice for whoever waits for a piece; nothing else happens. */
    void status(int status, @Nullable String html) {
        context.status(status).contentType(HTML).result(html == null ? "" : html);
    }
}
