@NullMarked
package dev.countersign.lab.soak;

import org.jspecify.annotations.NullMarked;
