package dev.countersign.web;

/** Renders pieces in the name of one visitor, also after their request is over. Safe for use by many threads. */
record Pen(Site site, String user, String token, Preferences look) {
    Frame frame(String title, String section) {
        return site.frame(title, section, user, token, look);
    }

    /** A piece as it would be sent. */
    String piece(String template, Object it) {
        return site.rendering().of(template, frame("", ""), it);
    }
}
