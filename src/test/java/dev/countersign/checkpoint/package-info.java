@NullMarked
package dev.countersign.checkpoint;

import org.jspecify.annotations.NullMarked;
