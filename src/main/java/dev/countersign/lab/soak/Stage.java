package dev.countersign.lab.soak;

import java.net.URI;
import java.util.List;

/** The server under test, a process of its own. Used by one thread. */
public interface Stage {
    /** Starts it over what it left behind; returns when it serves. Throws when it does not come back in time. */
    URI start();

    /** Ends it as kill -9 does, at once. */
    void kill();

    /** Ends it in order, and waits until all that it started is gone, too. */
    void stop();

    /** A token that may add logins. */
    String operatorToken();

    /** After {@link #stop}: opens the store and says what is wrong with it; empty when nothing is. */
    List<String> damage();
}
