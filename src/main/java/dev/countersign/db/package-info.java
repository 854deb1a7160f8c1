/**
 * Data source, transactions, migrations, the durability barrier and the cipher for texts at rest. Rooms that keep a store
 * bring their SQL and get a {@code Transaction}; no table is known here. May import {@code core} and {@code config}.
 */
@NullMarked
package dev.countersign.db;

import org.jspecify.annotations.NullMarked;
