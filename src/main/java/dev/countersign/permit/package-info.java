/**
 * The one adapter to Permit.io: a port and its client (the SDK where it covers, REST where it does not). Requests, decisions
 * and checks enter and leave as records of this room. May import {@code core} and {@code config}.
 */
@NullMarked
package dev.countersign.permit;

import org.jspecify.annotations.NullMarked;
