/**
 * The history of threads, read from what is stored anyway: what each step did, and how the state stood after it; and their strict
 * replay, over a store in memory. Ids of threads and steps, and recordings, enter; records for people, recordings and verdicts leave;
 * nothing is written to the store. May import layers 0 to 3.
 */
@NullMarked
package dev.countersign.replay;

import org.jspecify.annotations.NullMarked;
