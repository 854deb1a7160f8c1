package dev.countersign.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the reason that a user gives in a text. Finds nothing rather than something doubtful: a reason is never made up. */
final class Reasons {
    private static final Pattern LABELLED = Pattern.compile(
            "(?i)[,;:.(\\s-]*\\b(?:(?:and )?(?:the |my |our )?(?:reason|justification|purpose)(?: (?:is|being|was|would be)(?: that)?|\\s*[:=-])"
                    + "|with (?:the |a )?(?:reason|justification)\\s*(?:is|[:=-])?|reason\\b)\\s*[:=-]?\\s*(.{2,})$",
            Pattern.DOTALL);
    private static final Pattern CAUSED = Pattern.compile(
            "(?i)[,;:.(\\s-]*\\b(?:because(?: of)?|becuase|becaus|becasue|beacuse|cause|cuz|coz|cos|bc|b/c|due to|since|given that|seeing that|considering|on account of|in order to|so that|so (?!(?:i|we) (?:can|could|may) (?:order|get|have|see|view|access|eat|use)\\b)(?=i |we |he |she |they )|as (?=it'?s|it is|i |i'|we |we'|my |our |today|the |there|she |he |they )|for the occasion of)\\b\\s*(.{2,})$",
            Pattern.DOTALL);
    /** What somebody says of themselves, rather than asks for: "I promise …", not "I need …". */
    private static final String OWN_DEED =
            "(?!(?:want|need|would|wanna|wish|like|can|could|may|might|shall|should|will|do|request|ask|order|apply|beg|am|hope|think|mean|said|say)\\b)\\w+";

    private static final Pattern OCCASION = Pattern.compile(
            "(?i)[,;:.(\\s-]*\\b((?:for (?:(?:my|our|his|her|their|a|an|dinner|lunch|school|research|mother|father|christmas|easter|celebrating|celebration)\\b)"
                    + "|to (?:celebrate|surprise|treat|try|taste|impress|learn|practi[cs]e|share|compare|plan|finish|write|prepare|study|eat|have dinner|have lunch)\\b"
                    + "|(?:it'?s|it is|it will be|today is|tomorrow is|tonight is|we(?:'re| are|'ve)|i(?:'m| am|'ve|'ll)|(?:my|our)(?! (?:behalf|order|name|account|request|wish)\\b)|"
                    + "(?:i|we) (?:(?:want|would like|'d like|need|wanna) to (?!order|have|get|buy|request|see|view|access|ask|cancel|approve|deny|look)\\w+|"
                    + OWN_DEED + ")|mom|mum|dad|grandma|grandpa) )"
                    + ".{2,})$",
            Pattern.DOTALL);
    private static final Pattern NO_REASON = Pattern.compile(
            "(?i)^\\W*(?:(?:i|we) (?:said|say|told you) so|no(?:ne| reason)?|nothing|whatever.*|anything.*|any reason.*|(?:just )?(?:make|invent|think).{0,20}(?:up|something|one|it).*|you (?:choose|decide|pick|know).*|up to you.*|i do ?n.?o?t (?:know|have|care).*|please|(?:just )?because|reasons?|me|us|now|later|it|that|them|(?:on )?my behalf"
                    + "|(?:(?:hi|hello|hey|hiya|yo|ok(?:ay|ey)?|sure|ye(?:s|ah|p)|nope?|nah|lol|ha(?:ha)+|h+m+|u+h*m+|oh|cool|great|nice|fine|good|alright|well|perfect|awesome|wow|bye|goodbye|thanks?|thank you|thx|cheers|morning|afternoon|evening|night|there|please|then|so much|very much|a lot|again|mate|bot|everyone|guess|maybe)[\\s,!.]*)+|\\p{P}*)\\W*$");

    private static final Pattern SENTENCE = Pattern.compile("[.!?;](?=\\s+\\S)|\\n");
    private static final Pattern COMMA = Pattern.compile(
            "(?i)[,.!?;](?=\\s+\\S)|\\n|\\s(?=(?:please|can you|could you|would you|can i|could i|may i|i want|i need|i would like|i'd like|ask|request|file|get me)\\b)");

    private Reasons() {}

    /** The reason, as written, and where the clause that holds it begins and ends. */
    record Found(String text, int start, int end) {}

    /** The clause of a text that gives a reason. */
    static Optional<Found> in(String text) {
        Optional<Found> labelled = match(LABELLED, text);
        return labelled.isPresent() ? labelled : match(CAUSED, text);
    }

    /** Weaker signs of a reason, to be trusted only when a request for something stands before them. */
    static Optional<Found> occasion(String text, int after) {
        Matcher matcher = OCCASION.matcher(text);
        matcher.region(after, text.length()).useTransparentBounds(true);
        if (!matcher.find()) {
            return Optional.empty();
        }
        return usable(matcher.group(1), matcher.start(), text.length());
    }

    private static Optional<Found> match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        int end = clauseEnd(text, matcher.start(1), matcher.start() <= 2);
        return usable(text.substring(matcher.start(1), end), matcher.start(), end);
    }

    /** A clause ends with its sentence; one that opens the text ends with its comma, since the request follows. */
    private static int clauseEnd(String text, int start, boolean opens) {
        Matcher stop = (opens ? COMMA : SENTENCE).matcher(text);
        return stop.find(Math.min(text.length(), start + 1)) ? stop.start() + 1 : text.length();
    }

    private static Optional<Found> usable(String raw, int start, int end) {
        String reason = raw.replaceAll("(?i)[\\s,]*(?:,\\s*please|\\bthanks|\\bthank you)?[\\s.,;!)\"”]*$", "")
                .replaceAll("^[\\s\"“(:]+", "")
                .strip();
        return isReason(reason) ? Optional.of(new Found(reason, start, end)) : Optional.empty();
    }

    /** Whether an answer to "why?" is one. */
    static boolean isReason(String answer) {
        boolean letters = answer.codePoints().filter(Character::isLetter).count() >= 3;
        return letters && !NO_REASON.matcher(answer).matches();
    }

    /** A clause that stands alone and gives an occasion: "it is my birthday". */
    static Optional<String> aside(String clause) {
        Matcher matcher = OCCASION.matcher(clause);
        return clause.strip().split("\\s+").length >= 3 && matcher.lookingAt()
                ? usable(matcher.group(1), 0, clause.length()).map(Found::text)
                : Optional.empty();
    }

    /** Whether a text opens as a reason does: "because …", "my …", "to celebrate …". */
    static boolean opens(String text) {
        Matcher occasion = OCCASION.matcher(text.strip());
        return in(text).filter(found -> found.start() <= 12).isPresent() || occasion.lookingAt();
    }

    /** An answer to "why?" without its lead-in. */
    static String fromAnswer(String answer) {
        return in(answer).filter(found -> found.start() <= 12).map(Found::text).orElse(answer.strip());
    }
}
