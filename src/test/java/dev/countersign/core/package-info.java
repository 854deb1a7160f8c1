/** Tests of the room {@code core}. */
@NullMarked
package dev.countersign.core;

import org.jspecify.annotations.NullMarked;
