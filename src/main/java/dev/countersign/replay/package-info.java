/**
 * Time travel, forks and strict replay. Furnished by a later issue. May import layers 0 to 3.
 */
@NullMarked
package dev.countersign.replay;

import org.jspecify.annotations.NullMarked;
