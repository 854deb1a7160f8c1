package dev.countersign.account;

import java.time.Duration;

/**
 * What a login gets.
 *
 * @param access proves it at each request
 * @param lifetime of the access token
 * @param refresh is good for one use, and for a new pair
 */
public record Issued(String access, Duration lifetime, String refresh) {
    /** Never shows a token. */
    @Override
    public String toString() {
        return "Issued[for " + lifetime + "]";
    }
}
