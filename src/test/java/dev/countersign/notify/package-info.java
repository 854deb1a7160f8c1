/** Tests of what is sent to people: over real sockets, to receivers in this process. */
@NullMarked
package dev.countersign.notify;

import org.jspecify.annotations.NullMarked;
