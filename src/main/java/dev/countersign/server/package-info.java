/**
 * HTTP and WebSocket routes, authentication, the one error mapper. Requests of verified users enter the graph's runner;
 * records leave as JSON. May import layers 0 to 3 and {@code replay}.
 */
@NullMarked
package dev.countersign.server;

import org.jspecify.annotations.NullMarked;
