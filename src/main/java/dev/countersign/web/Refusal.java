package dev.countersign.web;

import dev.countersign.server.Problem;

/**
 * What a person is told when something was not done.
 *
 * @param heading what is wrong, in a few words
 * @param words what happened and what to do
 * @param code to search for, or to tell whoever runs the server
 * @param login whether logging in helps
 */
record Refusal(String heading, String words, String code, boolean login) {
    private static final String UNKNOWN_PATH = "CS-718";

    static Refusal of(Problem problem) {
        // The API's words for an unknown path are for whoever writes programs.
        String words = problem.code().equals(UNKNOWN_PATH)
                ? "The address may be mistyped, or what was here is gone"
                : problem.detail();
        return new Refusal(heading(problem.status()), sentence(words), problem.code(), problem.status() == 401);
    }

    private static String heading(int status) {
        return switch (status) {
            case 401 -> "You are not logged in any more";
            case 403 -> "Not allowed";
            case 404 -> "There is nothing here";
            case 409 -> "Somebody was faster";
            case 413 -> "That is too long";
            case 429 -> "One moment, please";
            case 503 -> "Something we need does not answer";
            default -> status < 500 ? "That did not work" : "Something went wrong here";
        };
    }

    private static String sentence(String words) {
        String first = words.isEmpty() ? "" : Character.toUpperCase(words.charAt(0)) + words.substring(1);
        return first.endsWith(".") || first.endsWith("!") ? first : first + ".";
    }
}
