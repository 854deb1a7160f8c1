package dev.countersign.graph;

/** A step must not be gone through here and now: what it would do was approved for something else, or cannot be done. */
final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Fit fit;

    Unfit(Fit fit) {
        // Not the reasons: a library logs what breaks off a step, and they name arguments that a model wrote.
        super("a step does not fit what runs here: " + fit.verdict());
        this.fit = fit;
    }

    Fit fit() {
        return fit;
    }
}
