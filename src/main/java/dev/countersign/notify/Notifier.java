package dev.countersign.notify;

import dev.countersign.approval.NotificationChoices;
import dev.countersign.config.NotifyConfig;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.graph.Ports;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Delivers notifications: each at least once on each channel that is configured when it is written, and always under the same
 * id. In the happy path it is sent once; where a node dies, or does not get at the store, between sending and noting it, it is
 * sent again. One that cannot be delivered is tried again ever more rarely, {@code 20} times within some two days, then given up
 * and counted. With no channel configured nothing is sent, and what happened meanwhile is not told later.
 *
 * <p>{@link #run} is idempotent and meant to be called again and again, on any node, on several at once. It never waits for
 * somebody outside. Safe for use by many threads.
 */
public final class Notifier implements AutoCloseable {
    private static final ErrorCode HALF_SET = new ErrorCode("CS-760", ErrorCode.Kind.INVALID);
    private static final int SPREAD = 200;

    private final Deliveries deliveries;
    private final List<Lane> lanes;

    private Notifier(Deliveries deliveries, List<Lane> lanes) {
        this.deliveries = deliveries;
        this.lanes = List.copyOf(lanes);
    }

    /**
     * A notifier over one store.
     *
     * @param chance numbers from 0 to under 1, which spread retries
     * @throws CountersignException {@code CS-760} when a setting that belongs to another is missing, {@code CS-761} for a template
     *     that cannot be used
     */
    public static Notifier over(Ports ports, NotifyConfig config, DoubleSupplier chance) {
        return over(ports, config, Backoff.usual(chance), HttpPost.TIMEOUT);
    }

    static Notifier over(Ports ports, NotifyConfig config, Backoff backoff, Duration timeout) {
        Deliveries deliveries = new Deliveries(ports.database(), ports.clock());
        Notices notices = new Notices(ports.notifications(), ports.approvals(), ports.threads(), ports.clock());
        List<Lane> lanes = new ArrayList<>();
        for (Way way : ways(ports, config, timeout)) {
            lanes.add(new Lane(way, deliveries, notices, backoff, ports.clock()));
        }
        return new Notifier(deliveries, lanes);
    }

    private static List<Way> ways(Ports ports, NotifyConfig config, Duration timeout) {
        check(config);
        Clock clock = ports.clock();
        Templates templates = Templates.load(config.templates());
        Wishes wishes = new NotificationChoices(ports.database())::wants;
        List<Way> ways = new ArrayList<>();
        if (isSet(config.slackUrl().value())) {
            HttpPost post = new HttpPost(config.slackUrl(), clock, timeout);
            ways.add(new SharedWay(new SlackWay(post, templates, config.texts().contains(Channel.SLACK)), wishes));
        }
        NotifyConfig.@Nullable Smtp server = config.mail().server();
        if (server != null) {
            Recipients recipients = new Recipients(config.mail(), ports.permit(), clock, wishes);
            boolean texts = config.texts().contains(Channel.MAIL);
            ways.add(new MailWay(config.mail(), server, new MailWay.Content(recipients, templates, texts), timeout));
        }
        if (isSet(config.http().url().value())) {
            HttpPost post = new HttpPost(config.http().url(), clock, timeout);
            HttpWay way =
                    new HttpWay(post, config.http().secret(), config.texts().contains(Channel.HTTP));
            ways.add(new SharedWay(way, wishes));
        }
        return ways;
    }

    /**
     * Looks at the settings without sending anything, and says in words where messages go.
     *
     * @throws CountersignException as {@link #over} does
     */
    public static String words(NotifyConfig config) {
        check(config);
        Templates.load(config.templates());
        List<String> parts = new ArrayList<>();
        for (Channel channel : Channel.values()) {
            if (isOn(config, channel)) {
                String texts = config.texts().contains(channel) ? " with arguments" : "";
                parts.add(Notice.lower(channel) + texts);
            }
        }
        return parts.isEmpty() ? "off, no COUNTERSIGN_NOTIFY_…_URL is set" : "go to " + String.join(", ", parts);
    }

    /** The channels that are set, in the order in which people are told of them. */
    public static List<Channel> channels(NotifyConfig config) {
        return List.of(Channel.values()).stream()
                .filter(channel -> isOn(config, channel))
                .toList();
    }

    private static boolean isOn(NotifyConfig config, Channel channel) {
        return switch (channel) {
            case SLACK -> isSet(config.slackUrl().value());
            case MAIL -> config.mail().server() != null;
            case HTTP -> isSet(config.http().url().value());
        };
    }

    private static boolean isSet(String value) {
        return !value.isEmpty();
    }

    private static void check(NotifyConfig config) {
        boolean mail = isOn(config, Channel.MAIL);
        if (mail && (config.mail().from().isEmpty() || config.mail().to().isEmpty())) {
            throw halfSet("COUNTERSIGN_NOTIFY_SMTP_URL", "COUNTERSIGN_NOTIFY_SMTP_FROM and COUNTERSIGN_NOTIFY_SMTP_TO");
        }
        if (isOn(config, Channel.HTTP) && config.http().secret().value().isEmpty()) {
            throw halfSet("COUNTERSIGN_NOTIFY_HTTP_URL", "COUNTERSIGN_NOTIFY_HTTP_SECRET");
        }
    }

    private static CountersignException halfSet(String set, String missing) {
        return new CountersignException(HALF_SET, set + " is set, and needs " + missing + " too");
    }

    /** Takes up what was written since the last time, and lets what is due be sent. */
    public void run() {
        List<Channel> channels =
                lanes.stream().map(lane -> lane.way().channel()).toList();
        boolean more = true;
        while (more) {
            more = deliveries.spread(channels, SPREAD);
        }
        lanes.forEach(Lane::wake);
    }

    /**
     * How many deliveries stand how on a channel.
     *
     * @param waiting not sent yet, and to be tried when their time has come
     * @param givenUp tried for the last time without success
     */
    public record Figures(long waiting, long givenUp) {}

    /** The figures of a store, for each channel there is, configured or not. */
    public static Map<Channel, Figures> figures(Database database, Clock clock) {
        Deliveries deliveries = new Deliveries(database, clock);
        Map<Channel, Figures> all = new EnumMap<>(Channel.class);
        for (Channel channel : Channel.values()) {
            all.put(
                    channel,
                    new Figures(
                            deliveries.count(channel, Deliveries.State.DUE),
                            deliveries.count(channel, Deliveries.State.GIVEN_UP)));
        }
        return all;
    }

    /** Begins nothing new, and waits a while for what is being sent. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }
}
