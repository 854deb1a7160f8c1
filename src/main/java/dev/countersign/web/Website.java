package dev.countersign.web;

import dev.countersign.core.CountersignException;
import dev.countersign.server.PageParts;
import dev.countersign.server.Pages;
import dev.countersign.server.Problem;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a server: chat and inbox for people with a login. They hold nothing that a kill could lose. Whatever is refused to
 * a browser is answered with a page, or with a notice for the page that is open; what programs call is left to the API's own
 * answers. Safe for use by many threads.
 */
public final class Website implements Pages {
    private static final Pattern OF_PROGRAMS = Pattern.compile(
            "/(api|ws|webhooks|operator|assets)(/.*)?|/(token|logout|mcp|healthz|readyz|metrics|openapi\\.json)");

    private static final String BACK_WITH_COOKIE = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Countersign</title>
            <meta http-equiv="refresh" content="0"></head><body><p>One moment …</p></body></html>
            """;

    private final PageParts parts;
    private @Nullable Site site;

    private Website(PageParts parts) {
        this.parts = parts;
    }

    /** Over these parts of a server. */
    public static Pages of(PageParts parts) {
        return new Website(parts);
    }

    @Override
    public void on(RoutesConfig routes) {
        Assets assets = new Assets();
        assets.on(routes);
        Doorman doorman = new Doorman(parts.logins());
        Site made = new Site(routes, parts, doorman, assets);
        new Entrance(made).on(routes);
        sections(made).forEach(made::add);
        site = made;
    }

    /** In the order of the navigation. */
    private static List<Section> sections(Site site) {
        return List.of(
                new ChatSection(site),
                new InboxSection(site),
                new JobsPage(),
                new AttentionPage(),
                new HistoryPage(),
                new BesidePage(),
                new ReplayPage(),
                new FiguresPage(),
                new SettingsPage());
    }

    @Override
    public boolean refuse(Context context, Problem problem) {
        String accepted = context.header("Accept");
        boolean partial = context.header("HX-Request") != null;
        boolean person = partial || (accepted != null && accepted.contains("text/html"));
        Site known = site;
        if (known == null || !person || OF_PROGRAMS.matcher(context.path()).matches()) {
            return false;
        }
        Site.guard(context);
        context.contentType("text/html;charset=utf-8");
        if (partial) {
            context.header("HX-Push-Url", "false");
            context.status(problem.status()).result(rendered(known, context, "notice", problem));
        } else if (problem.status() == 401) {
            showTheWayIn(context);
        } else {
            context.status(problem.status()).result(rendered(known, context, "problem", problem));
        }
        return true;
    }

    private static void showTheWayIn(Context context) {
        boolean followedALink =
                "cross-site".equals(context.header("Sec-Fetch-Site")) && Doorman.cookie(context) == null;
        if (followedALink) {
            // The cookie does not come with a link on another site; with the page's own reload it does.
            context.status(200).result(BACK_WITH_COOKIE);
            return;
        }
        String here = context.req().getRequestURI();
        String query = context.req().getQueryString();
        String next = URLEncoder.encode(query == null ? here : here + "?" + query, StandardCharsets.UTF_8);
        boolean start = here.equals("/") || !context.method().name().equals("GET");
        context.status(303).header("Location", start ? "/login" : "/login?next=" + next);
    }

    private static String rendered(Site site, Context context, String template, Problem problem) {
        String user = "";
        String token = "";
        String cookie = Doorman.cookie(context);
        try {
            user = site.prove(cookie == null ? "" : cookie).principal().user();
            token = cookie == null ? "" : Doorman.token(cookie);
        } catch (CountersignException e) {
            // Nobody, then: a page of errors is for anybody.
            user = "";
        }
        Frame frame = site.frame("Not done", "", user, token, Preferences.of(context));
        return site.rendering().of(template, frame, Refusal.of(problem));
    }
}
