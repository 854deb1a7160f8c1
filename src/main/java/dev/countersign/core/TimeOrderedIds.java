package dev.countersign.core;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/**
 * Ids that begin with the millisecond of their making, so that what is made together lies together in an index: with random ones each
 * new row changes another page of it. The other 74 bits are random: an id tells when it was made, and no other id. Safe for use by many
 * threads.
 *
 * <p>Source: RFC 9562, section 5.7 (UUID version 7).
 */
public final class TimeOrderedIds implements IdSource {
    private static final long VERSION = 0x7000L;
    private static final long RANDOM_A = 0x0fffL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long RANDOM_B = 0x3fff_ffff_ffff_ffffL;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Ids by this clock. */
    public TimeOrderedIds(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String newId() {
        long high = clock.millis() << 16 | VERSION | (random.nextLong() & RANDOM_A);
        return new UUID(high, VARIANT | (random.nextLong() & RANDOM_B)).toString();
    }
}
