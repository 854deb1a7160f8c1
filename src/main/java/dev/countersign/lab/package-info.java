/**
 * Evaluation, soak and benchmarks: measures, never asserts. May import every room.
 */
@NullMarked
package dev.countersign.lab;

import org.jspecify.annotations.NullMarked;
