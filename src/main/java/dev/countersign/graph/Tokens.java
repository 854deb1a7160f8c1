package dev.countersign.graph;

import dev.countersign.thread.Message;

/**
 * About how many tokens a text is to a model. Every model divides texts in its own way, so this rather says too many: a quarter of
 * a token for each ASCII character, one for each other, and some for what stands around a message.
 */
final class Tokens {
    private static final int CHARS_OF_ONE = 4;
    private static final int AROUND = 4;
    private static final int ASCII = 0x80;

    private Tokens() {}

    static int of(Message message) {
        int tokens = AROUND + of(message.text());
        for (Message.ToolCall call : message.calls()) {
            tokens += AROUND + of(call.tool()) + of(call.arguments());
        }
        return tokens;
    }

    static int of(String text) {
        int others = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= ASCII) {
                others++;
            }
        }
        return others + (text.length() - others + CHARS_OF_ONE - 1) / CHARS_OF_ONE;
    }
}
