/**
 * The kill -9 soak: mixed work against a real server that is killed again and again, and the account of it from outside; and
 * the load, in which many clients work with a server that nobody kills, accounted for in the same way. What
 * enters is a stage (a server that can be started and killed) and Permit; what leaves is a report. May import every room.
 */
@NullMarked
package dev.countersign.lab.soak;

import org.jspecify.annotations.NullMarked;
