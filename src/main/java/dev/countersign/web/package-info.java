/**
 * Pages for people, server-rendered. Furnished by a later issue. May import layers 0 to 3 and {@code server}.
 */
@NullMarked
package dev.countersign.web;

import org.jspecify.annotations.NullMarked;
