/**
 * Approvals: our record of one access request or operation approval at Permit, its lifecycle as one transition table, its
 * store and the watcher that learns decisions by asking Permit. May import layer 0 and 1, and {@code permit}.
 */
@NullMarked
package dev.countersign.approval;

import org.jspecify.annotations.NullMarked;
