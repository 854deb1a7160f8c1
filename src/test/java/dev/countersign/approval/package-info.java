@NullMarked
package dev.countersign.approval;

import org.jspecify.annotations.NullMarked;
