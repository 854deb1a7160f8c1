/**
 * The decision log: every request, refusal, decision, dispatch and outcome as one hash-chained row. Entries enter in the
 * transaction of what they tell of, pages of rows leave, and a check that reads them; nothing is ever changed. May import {@code
 * core}, {@code config}, {@code db}.
 */
@NullMarked
package dev.countersign.log;

import org.jspecify.annotations.NullMarked;
