package dev.countersign.web;

import java.util.Optional;

/** A part of the site. */
interface Section {
    /** Its place in the navigation; empty for one that is found elsewhere. */
    Optional<Entry> entry();

    /** Hangs its routes on the site. */
    void on(Site site);

    /**
     * A line of the navigation.
     *
     * @param name what {@link Frame#section} is when it is open
     * @param path where it leads
     */
    record Entry(String name, String title, String path) {}
}
