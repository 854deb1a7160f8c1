package dev.countersign.replay;

import java.util.Optional;

/**
 * What came of a strict replay.
 *
 * @param turns how many were run
 * @param digest of the transcript that the replay made; empty when it diverged
 * @param divergence where it first differed; empty when it came to the same
 */
public record Verdict(String thread, int turns, int messages, String digest, Optional<Divergence> divergence) {
    public boolean isEqual() {
        return divergence.isEmpty();
    }
}
