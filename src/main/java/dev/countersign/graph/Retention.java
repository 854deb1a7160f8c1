package dev.countersign.graph;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long an agent's conversations are kept once they rest. What goes beyond one of the two is erased.
 *
 * @param age since the last thing that happened in it; null for no limit
 * @param count of each owner's conversations with the agent, those in which something happened last; null for no limit
 */
public record Retention(@Nullable Duration age, @Nullable Integer count) {
    /** What an agent file that says nothing gets: everything is kept. */
    public static final Retention FOREVER = new Retention(null, null);

    public boolean isForever() {
        return age == null && count == null;
    }

    /** In few words, for the decision log. */
    String words() {
        List<String> words = new ArrayList<>();
        if (age != null) {
            words.add(
                    "age " + (age.equals(Duration.ofDays(age.toDays())) ? age.toDays() + "d" : age.toSeconds() + "s"));
        }
        if (count != null) {
            words.add("count " + count);
        }
        return String.join(", ", words);
    }
}
