/**
 * Tests that break things on purpose: processes halted at every durable boundary, disks that forget, calls that fail, decisions
 * that race. After each the same is asked: nothing lost, nothing twice.
 */
@NullMarked
package dev.countersign.crash;

import org.jspecify.annotations.NullMarked;
