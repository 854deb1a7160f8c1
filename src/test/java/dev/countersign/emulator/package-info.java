/** The emulator tried as its clients try it: over HTTP, with Permit's own SDK and with plain requests. */
@NullMarked
package dev.countersign.emulator;

import org.jspecify.annotations.NullMarked;
