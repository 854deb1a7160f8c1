/**
 * The workload that rivals are measured on, done by this runtime: the same messages, the same graph's way, the same figures. Each
 * benchmark prints one object of the form that all of them print; docs/benchmarks.md says how ours differs and compares them.
 */
@NullMarked
package dev.countersign.lab.work;

import org.jspecify.annotations.NullMarked;
