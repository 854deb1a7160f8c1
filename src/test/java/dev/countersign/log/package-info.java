@NullMarked
package dev.countersign.log;

import org.jspecify.annotations.NullMarked;
