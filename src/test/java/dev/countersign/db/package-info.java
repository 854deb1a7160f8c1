@NullMarked
package dev.countersign.db;

import org.jspecify.annotations.NullMarked;
