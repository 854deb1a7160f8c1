package dev.countersign.web;

import dev.countersign.account.LoginTokens;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.server.Feed;
import dev.countersign.server.PageParts;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where sections hang their pages. Nothing is served to anybody without a login, nothing is done without a form's token, and
 * every answer says what the browser may do with it.
 */
final class Site {
    /** Nothing but what comes from here; no script and no style in a page, no frame around it. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

    private static final String FAREWELL = "event: closed\ndata: login\n\n";

    private final RoutesConfig routes;
    private final PageParts parts;
    private final Doorman doorman;
    private final Assets assets;
    private final Rendering rendering = new Rendering();
    private final NameBook names;
    private final List<Section.Entry> nav = new ArrayList<>();

    Site(RoutesConfig routes, PageParts parts, Doorman doorman, Assets assets) {
        this.routes = routes;
        this.parts = parts;
        this.doorman = doorman;
        this.assets = assets;
        this.names = new NameBook(parts.permit(), parts.runtime().archive()::now);
    }

    PageParts parts() {
        return parts;
    }

    Doorman doorman() {
        return doorman;
    }

    Rendering rendering() {
        return rendering;
    }

    /** What people call the things that Permit names by keys. */
    NameBook names() {
        return names;
    }

    LoginTokens.Login prove(String cookie) {
        return doorman.prove(cookie);
    }

    void add(Section section) {
        section.entry().ifPresent(nav::add);
        section.on(this);
    }

    Frame frame(String title, String section, String user, String token, Preferences look) {
        return new Frame(
                title,
                section,
                user,
                token,
                look,
                assets,
                nav,
                new When(parts.runtime().archive().now()));
    }

    /** A page, for whoever has logged in; everybody else is shown the way in, and back. */
    void get(String path, Consumer<Visit> page) {
        routes.get(path, context -> {
            guard(context);
            page.accept(enter(context));
        });
    }

    /** Something to do, for whoever has logged in and has the form. */
    void post(String path, Consumer<Visit> act) {
        routes.post(path, context -> {
            guard(context);
            Visit visit = enter(context);
            Doorman.requireToken(context, Doorman.cookie(context));
            act.accept(visit);
        });
    }

    /**
     * A feed of pieces; what the request lacks is told before it begins. Without a login it says so and ends, in the form of a feed: an error would have the browser try for ever.
     */
    void feed(String path, Function<Visit, Function<Feed.Client, Feed>> opening) {
        routes.get(path, context -> {
            guard(context);
            try {
                Visit visit = enter(context);
                parts.feeds().stream(context, visit::prove, opening.apply(visit));
            } catch (CountersignException e) {
                if (e.code().kind() != ErrorCode.Kind.UNAUTHENTICATED) {
                    throw e;
                }
                context.contentType("text/event-stream;charset=utf-8").result(FAREWELL);
            }
        });
    }

    private Visit enter(Context context) {
        String cookie = Doorman.cookie(context);
        LoginTokens.Login login = doorman.prove(cookie);
        return new Visit(this, context, login, Objects.requireNonNull(cookie));
    }

    /** What the browser may do with an answer, and with what stands in it. */
    static void guard(Context context) {
        context.header("Content-Security-Policy", POLICY);
        context.header("Referrer-Policy", "same-origin");
        context.header("X-Frame-Options", "DENY");
        context.header("Cross-Origin-Opener-Policy", "same-origin");
        context.header("Cross-Origin-Resource-Policy", "same-origin");
        context.header("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
        if (Doorman.isSecure(context)) {
            context.header("Strict-Transport-Security", "max-age=31536000");
        }
    }
}
