/**
 * Reads environment over {@code .env} over defaults, once, into one immutable tree. Unknown or contradictory settings are
 * refused with what was expected; secrets print as {@code ***}. May import {@code core} only; nobody else reads the
 * environment.
 */
@NullMarked
package dev.countersign.config;

import org.jspecify.annotations.NullMarked;
