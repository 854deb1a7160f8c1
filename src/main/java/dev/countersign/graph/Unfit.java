package dev.countersign.graph;

/** A step must not be gone through here and now: what it would do was approved for something else, or cannot be done. */
final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Fit fit;

    Unfit(Fit fit) {
        super(fit.line());
        this.fit = fit;
    }

    Fit fit() {
        return fit;
    }
}
