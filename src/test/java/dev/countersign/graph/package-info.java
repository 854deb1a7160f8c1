@NullMarked
package dev.countersign.graph;

import org.jspecify.annotations.NullMarked;
