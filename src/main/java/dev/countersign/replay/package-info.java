/**
 * The history of threads, read from what is stored anyway: what each step did, and how the state stood after it. Ids of threads
 * and steps enter, records for people leave; nothing is written. May import layers 0 to 3.
 */
@NullMarked
package dev.countersign.replay;

import org.jspecify.annotations.NullMarked;
