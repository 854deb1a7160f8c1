/**
 * Pages for people, rendered here: HTML with htmx, one stylesheet, one script, nothing from elsewhere. Requests of browsers enter,
 * {@code graph}'s runtime and {@code server}'s review desk are asked in the name of whoever the cookie proves, and HTML leaves:
 * whole pages, pieces of them, and pieces over server-sent events. May import layers 0 to 3 and {@code server}, which is handed
 * these pages by {@code app} and knows them as {@code Pages} only.
 *
 * <p><b>A further page</b> is a {@link dev.countersign.web.Section}: a class that hangs its routes on a
 * {@link dev.countersign.web.Site} and is listed in {@link dev.countersign.web.Website}. {@code Site.get}, {@code Site.post} and
 * {@code Site.feed} see to login, form token, headers and errors; a route gets a {@link dev.countersign.web.Visit} and answers
 * with {@code visit.page(…)} (a whole page, in the layout), {@code visit.piece(…)} (a piece, for htmx) or
 * {@code visit.seeOther(…)}. Whatever is thrown becomes a page, or a notice on the page that is open.
 *
 * <p><b>Templates</b> lie in {@code src/main/jte}, all in one folder; the build compiles them into this package, so the records
 * they show stay package-private. A page's template takes {@code Frame frame} and one record {@code it}, and wraps itself in
 * {@code @template.layout}. Everything is escaped for its place; {@code $unsafe}, inline scripts, inline styles and event
 * attributes are refused by a test. Times are shown by {@code @template.time}; the script turns them into the reader's zone.
 *
 * <p><b>Live pieces</b>: a piece whose elements have ids is applied by the script as a patch, be it the data of a {@code patch}
 * event of a feed, or an answer with the header {@code X-Patch} ({@code visit.patch(…)}). An element replaces the one of its id;
 * where there is none, {@code data-into="#list"} has it added there ({@code data-first} in front); otherwise it is left out. So a
 * patch that comes twice changes nothing.
 */
@NullMarked
package dev.countersign.web;

import org.jspecify.annotations.NullMarked;
