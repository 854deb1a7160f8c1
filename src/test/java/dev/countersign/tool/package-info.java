@NullMarked
package dev.countersign.tool;

import org.jspecify.annotations.NullMarked;
