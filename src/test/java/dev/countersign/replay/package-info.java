@NullMarked
package dev.countersign.replay;

import org.jspecify.annotations.NullMarked;
