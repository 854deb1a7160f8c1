package dev.countersign.core;

import java.security.SecureRandom;
import java.time.Clock;

/**
 * Ids of 19 lower-case letters and digits that begin with the millisecond of their making, so that what is made together lies together in an
 * index: with random ones each new row changes another page of it. The last 10 are random (51 bits): an id tells when it was made, and no
 * other id. Where ten thousand are made each second, two are the same once in two thousand years; then the later of them is refused by its
 * table. Every table and index of a thread holds some, so each character counts (docs/decisions/027). Safe for use by many threads.
 *
 * <p>An id begins with a digit until the year 2863, so that who looks for ids in a text always sees one. Letters are of one case, so that
 * every database has them in one order, whatever its language says of upper and lower case.
 */
public final class TimeOrderedIds implements IdSource {
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int TIME_CHARS = 9;
    private static final int RANDOM_CHARS = 10;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Ids by this clock. */
    public TimeOrderedIds(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String newId() {
        char[] id = new char[TIME_CHARS + RANDOM_CHARS];
        long left = clock.millis();
        for (int i = TIME_CHARS - 1; i >= 0; i--) {
            id[i] = DIGITS.charAt((int) (left % DIGITS.length()));
            left /= DIGITS.length();
        }
        for (int i = TIME_CHARS; i < id.length; i++) {
            id[i] = DIGITS.charAt(random.nextInt(DIGITS.length()));
        }
        return new String(id);
    }
}
