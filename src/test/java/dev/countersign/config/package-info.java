/** Tests of the settings. */
@NullMarked
package dev.countersign.config;

import org.jspecify.annotations.NullMarked;
