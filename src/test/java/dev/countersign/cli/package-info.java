/** Tests of the room {@code cli}. */
@NullMarked
package dev.countersign.cli;

import org.jspecify.annotations.NullMarked;
