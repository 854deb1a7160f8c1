package dev.countersign.lab.work;

import dev.countersign.core.Json;

/** The workload's texts: the same for every rival, hard to compress, told apart by thread, turn and role. */
final class Payload {
    private static final String ALPHA = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int LONG = 500;
    private static final int CALL = 400;
    private static final int QUERY = 64;
    private static final int POSITIVE = 0x7fffffff;

    private Payload() {}

    /** That many characters of a linear congruential generator modulo 2^31, six bits each. */
    static String text(int length, int seed) {
        StringBuilder text = new StringBuilder(length);
        int x = seed & POSITIVE;
        for (int i = 0; i < length; i++) {
            x = (x * 1_103_515_245 + 12_345) & POSITIVE;
            text.append(ALPHA.charAt((x >>> 16) & 63));
        }
        return text.toString();
    }

    /** Another number for each thread, turn (from 1) and role. */
    static int seed(int thread, int turn, int role) {
        return (thread * 100_003 + turn * 4 + role) & POSITIVE;
    }

    static String user(int thread, int turn) {
        return text(LONG, seed(thread, turn, 0));
    }

    static String call(int thread, int turn) {
        return text(CALL, seed(thread, turn, 1));
    }

    /** The arguments of the turn's one tool call, a JSON object. */
    static String arguments(int thread, int turn) {
        return Json.write(Json.object()
                .put("query", text(QUERY, seed(thread, turn, 1) ^ 1))
                .put("turn", turn)
                .put("limit", 10));
    }

    static String result(int thread, int turn) {
        return text(LONG, seed(thread, turn, 2));
    }

    static String answer(int thread, int turn) {
        return text(LONG, seed(thread, turn, 3));
    }
}
