/** Tests of the Permit client against scripted answers over real sockets, and against the emulator. */
@NullMarked
package dev.countersign.permit;

import org.jspecify.annotations.NullMarked;
