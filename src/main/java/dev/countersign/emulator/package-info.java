/**
 * An embedded Permit.io: REST and PDP endpoints over its own H2 file, written from the public contract alone. It must not
 * import {@code permit}, nor the reverse: two readings of one contract. May import {@code core}.
 */
@NullMarked
package dev.countersign.emulator;

import org.jspecify.annotations.NullMarked;
