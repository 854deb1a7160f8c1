@NullMarked
package dev.countersign.lab.work;

import org.jspecify.annotations.NullMarked;
