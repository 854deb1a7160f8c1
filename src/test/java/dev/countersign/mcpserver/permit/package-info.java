@NullMarked
package dev.countersign.mcpserver.permit;

import org.jspecify.annotations.NullMarked;
