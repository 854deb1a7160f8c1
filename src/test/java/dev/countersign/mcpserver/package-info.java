@NullMarked
package dev.countersign.mcpserver;

import org.jspecify.annotations.NullMarked;
