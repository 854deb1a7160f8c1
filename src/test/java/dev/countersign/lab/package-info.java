@NullMarked
package dev.countersign.lab;

import org.jspecify.annotations.NullMarked;
