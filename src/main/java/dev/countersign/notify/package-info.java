/**
 * Notifications of filed, decided and expired approvals. Furnished by a later issue. May import layers 0 to 3.
 */
@NullMarked
package dev.countersign.notify;

import org.jspecify.annotations.NullMarked;
