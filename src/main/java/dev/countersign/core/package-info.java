/**
 * What every room shares and nothing more: error codes, ids, JSON, digests, the verified principal. Nothing enters but
 * plain values; it imports no other room.
 */
@NullMarked
package dev.countersign.core;

import org.jspecify.annotations.NullMarked;
