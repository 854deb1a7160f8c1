package dev.countersign.web;

import dev.countersign.approval.Notification.Kind;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.approval.NotificationChoices.Choice;
import dev.countersign.config.NotifyConfig.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Of what one wants to be told, and by which way, as the settings show it: what the operator has set up, and of that what is one
 * person's to choose. A channel that everybody shares can be kept from what concerns this person alone.
 */
final class TellingMe {
    private static final Set<Kind> OF_ONE = Set.of(Kind.DECIDED, Kind.JOB_FINISHED);

    private final NotificationChoices choices;
    private final List<Channel> channels;

    TellingMe(NotificationChoices choices, List<Channel> channels) {
        this.choices = choices;
        this.channels = List.copyOf(channels);
    }

    /** Something that happens, with the ways by which one may be told. */
    record Row(String title, List<Box> boxes) {
        Row {
            boxes = List.copyOf(boxes);
        }
    }

    /**
     * A way.
     *
     * @param value what the form says when it is chosen
     */
    record Box(String value, String label, boolean chosen) {}

    List<Row> rows(String user) {
        Map<Choice, Boolean> said = choices.of(user);
        List<Row> rows = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<Box> boxes = new ArrayList<>();
            for (Choice choice : offered(kind)) {
                boolean chosen = said.getOrDefault(choice, NotificationChoices.unlessSaid(kind));
                boxes.add(new Box(value(choice), label(choice.channel()), chosen));
            }
            if (!boxes.isEmpty()) {
                rows.add(new Row(title(kind), boxes));
            }
        }
        return rows;
    }

    /** Takes a form: what was offered and is not among the chosen is not wanted. */
    void say(String user, List<String> chosen) {
        Map<Choice, Boolean> said = new HashMap<>();
        for (Kind kind : Kind.values()) {
            offered(kind).forEach(choice -> said.put(choice, chosen.contains(value(choice))));
        }
        choices.say(user, said);
    }

    private List<Choice> offered(Kind kind) {
        return channels.stream()
                .filter(channel -> channel == Channel.MAIL || OF_ONE.contains(kind))
                .map(channel -> new Choice(kind, channel))
                .toList();
    }

    private static String value(Choice choice) {
        return choice.kind() + "." + choice.channel();
    }

    private static String label(Channel channel) {
        return switch (channel) {
            case MAIL -> "by e-mail";
            case SLACK -> "in the Slack channel";
            case HTTP -> "to the endpoint that was set up";
        };
    }

    private static String title(Kind kind) {
        return switch (kind) {
            case FILED -> "A new request to review";
            case REMINDER -> "A reminder of a request that waits";
            case ESCALATION -> "A request that has waited for long";
            case DECIDED -> "A decision on what you asked for";
            case EXPIRED -> "A request that nobody decided in time";
            case NEEDS_ATTENTION -> "A conversation or job that needs a person";
            case JOB_FINISHED -> "A job of yours that has come to its end";
        };
    }
}
