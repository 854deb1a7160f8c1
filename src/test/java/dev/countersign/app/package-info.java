/** Tests of what wires a process. */
@NullMarked
package dev.countersign.app;

import org.jspecify.annotations.NullMarked;
