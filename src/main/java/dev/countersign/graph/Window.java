package dev.countersign.graph;

/**
 * How much of a transcript a model is shown at most.
 *
 * @param messages of the newest
 * @param tokens about; 0 is without a bound
 */
record Window(int messages, int tokens) {
    /** What stays when a window that has become full is summed up. */
    Window half() {
        return new Window(messages / 2, tokens / 2);
    }
}
