package dev.countersign.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Refuses what must not depend on likeness: taking another identity, switching rules off. It is courtesy, not security: the
 * gate binds the user and checks every call whatever a model says.
 */
final class Guard {
    private static final Pattern IDENTITY =
            Pattern.compile("(?i)\\b(?:pretend|impersonat\\w+|pos(?:e|ing) as|role-?play"
                    + "|(?:act|behave|do (?:it|this|that)|log ?in|sign ?in|run|order|call (?:it|this)) as (?!soon|well|if i was hungry|a (?:guest|gift|treat|surprise|side))"
                    + "|on behalf of|in the name of|you are now|from now on you|as if (?:i|you) (?:was|were|am|are)"
                    + "|(?:use|with|set|change) (?:the )?(?:user|user[_ ]id|identity|account|login)\\b"
                    + "|switch (?:the )?(?:user|account|role|identity)|user_id\\s*[:=])");
    private static final Pattern RULES = Pattern.compile(
            "(?i)\\b(?:ignore|disregard|override|bypass|forget|circumvent|turn off|disable)\\b[^.!?]{0,30}\\b"
                    + "(?:instruction|rule|polic|restriction|prompt|limit|check|safety|guard|permission|approval)"
                    + "|\\b(?:system prompt|developer mode|admin mode|jailbreak|sudo|god mode)\\b|^\\s*(?:\\[?system\\]?|assistant|tool)\\s*:");

    private Guard() {}

    /** Words to answer with when the text is refused; empty when it is not. */
    static Optional<String> refuse(String text) {
        if (IDENTITY.matcher(text).find()) {
            return Optional.of("I act only for the person who is logged in, and cannot take another identity.");
        }
        if (RULES.matcher(text).find()) {
            return Optional.of("I cannot switch off rules. Tell me plainly what you want, and the policy decides.");
        }
        return Optional.empty();
    }
}
