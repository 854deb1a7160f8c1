package dev.countersign.core;

/**
 * A place in a list that is ordered by time and id: where a page ended. Rows that come or go elsewhere do not move it.
 *
 * @param at in the list's unit: milliseconds since 1970, or a number that counts
 * @param id of the row there; rows of one time are ordered by it
 */
public record Mark(long at, String id) {
    /** Before everything in a list that begins with its newest. */
    public static final Mark NEWEST = new Mark(Long.MAX_VALUE, "");
}
