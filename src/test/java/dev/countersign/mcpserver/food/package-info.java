@NullMarked
package dev.countersign.mcpserver.food;

import org.jspecify.annotations.NullMarked;
