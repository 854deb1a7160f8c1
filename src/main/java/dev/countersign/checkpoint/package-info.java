/**
 * The LangGraph4j saver over our own tables: append-only messages, small checkpoint rows, a codec with a format version.
 * May import layer 0 and 1.
 */
@NullMarked
package dev.countersign.checkpoint;

import org.jspecify.annotations.NullMarked;
