/**
 * The decision log: every request, refusal, decision, dispatch and outcome as one hash-chained row and one structured log
 * line. Entries enter; nothing is ever changed. May import {@code core}, {@code config}, {@code db}.
 */
@NullMarked
package dev.countersign.log;

import org.jspecify.annotations.NullMarked;
