/**
 * Chat models behind LangChain4j's {@code ChatModel}: OpenAI-compatible endpoints and the offline demo model. A request
 * enters, text or tool calls leave; nothing is executed here. May import layer 0 and 1.
 */
@NullMarked
package dev.countersign.model;

import org.jspecify.annotations.NullMarked;
