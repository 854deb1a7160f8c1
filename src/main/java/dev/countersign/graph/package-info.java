/**
 * One state graph for every agent: the agent's definition, state, nodes, edges and the runner that takes one event to the
 * next rest. Events enter, a durable thread leaves. May import layers 0 to 2.
 */
@NullMarked
package dev.countersign.graph;

import org.jspecify.annotations.NullMarked;
