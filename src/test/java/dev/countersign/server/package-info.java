/** Tests of the room {@code server}. */
@NullMarked
package dev.countersign.server;

import org.jspecify.annotations.NullMarked;
