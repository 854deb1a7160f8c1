/**
 * The composition root: wires rooms together and owns the system clock, ids and randomness. May import every room.
 */
@NullMarked
package dev.countersign.app;

import org.jspecify.annotations.NullMarked;
