package dev.countersign.web;

import java.util.List;
import java.util.Locale;

/**
 * What every template may show beside its own: who looks, how they like it, and where things are.
 *
 * @param title of the page
 * @param section which part of the site is open; empty for none
 * @param user whose login it is; empty before one
 * @param token what forms carry
 * @param nav the parts of the site, in order
 */
record Frame(
        String title,
        String section,
        String user,
        String token,
        Preferences look,
        Assets assets,
        List<Section.Entry> nav,
        When when) {
    Frame {
        nav = List.copyOf(nav);
    }

    /** Where a page finds one of its files. */
    String asset(String name) {
        return assets.path(name);
    }

    boolean loggedIn() {
        return !user.isEmpty();
    }

    /** The first letter of whose login it is. */
    String initial() {
        return user.isEmpty()
                ? ""
                : user.substring(0, user.offsetByCodePoints(0, 1)).toUpperCase(Locale.ROOT);
    }

    /** What htmx may do: evaluate nothing, write no style, keep no page of anybody's; a refusal is shown where notices are. */
    String htmx() {
        return """
                {"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,\
                "historyCacheSize":0,"refreshOnHistoryMiss":true,"timeout":30000,"responseHandling":[\
                {"code":"204","swap":false},{"code":"[23]..","swap":true},\
                {"code":"[45]..","swap":true,"error":false,"target":"#notice","swapOverride":"innerHTML"}]}""";
    }

    /** What htmx sends along with each request. */
    String headers() {
        return "{\"" + Doorman.TOKEN_HEADER + "\":\"" + token + "\"}";
    }
}
