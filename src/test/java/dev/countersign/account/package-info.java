/** Tests of the room {@code account}. */
@NullMarked
package dev.countersign.account;

import org.jspecify.annotations.NullMarked;
