/**
 * One class per command; each is a client of the server, speaks plain words and sets the exit code. The only room that
 * writes to standard output. May import every room.
 */
@NullMarked
package dev.countersign.cli;

import org.jspecify.annotations.NullMarked;
