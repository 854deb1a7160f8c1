@NullMarked
package dev.countersign.thread;

import org.jspecify.annotations.NullMarked;
