package dev.countersign.tool;

/** What has become of a call that was approved, under the rules and tools of now. */
public sealed interface Standing {
    /** It is still the call that was approved, or needs no approval any more. */
    record Same() implements Standing {}

    /**
     * It is another one now: the approval was not for that.
     *
     * @param why what has changed, without a text of anybody but names and arguments' places
     */
    record Changed(String why) implements Standing {}

    /**
     * It cannot be made at all.
     *
     * @param why what is missing
     */
    record Closed(String why) implements Standing {}
}
