package dev.countersign.web;

import dev.countersign.server.Feed;
import dev.countersign.server.Problem;
import org.jspecify.annotations.Nullable;

/** A feed of pieces to a page. Its last event says why it is the last one, in words for people. */
abstract class PageFeed extends Feed {
    private static final int LOGIN_OVER = 401;

    private long head;

    PageFeed(Client client) {
        super(client);
    }

    /** Offers pieces that find their places by their ids; none are no event. */
    final void patch(@Nullable Long id, CharSequence html) {
        if (html.length() > 0) {
            stream().offer(id, "patch", html.toString());
        }
    }

    /** Also what other nodes of the store have done shows up in the log. */
    @Override
    protected final boolean watchesLog() {
        return true;
    }

    @Override
    protected final void tick(long now) {
        if (now != head) {
            head = now;
            logGrew();
        }
        ticked();
    }

    /** Some time has gone by. Called a few times a second, by one thread. */
    void ticked() {}

    /** The decision log has grown. Called by one thread at a time. */
    void logGrew() {
        soon();
    }

    @Override
    protected final void farewell(Problem why) {
        stream().offer(null, "closed", why.status() == LOGIN_OVER ? "login" : why.detail());
    }
}
