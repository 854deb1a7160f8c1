package dev.countersign.replay;

/** Ends a replay where it came to something else than the record. */
final class Diverged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Divergence divergence;

    Diverged(Divergence divergence) {
        super(divergence.line(), null, false, false);
        this.divergence = divergence;
    }

    Divergence divergence() {
        return divergence;
    }
}
