/** Micro benchmarks of this room; docs/benchmarks.md says how they are run. */
@NullMarked
package dev.countersign.checkpoint;

import org.jspecify.annotations.NullMarked;
