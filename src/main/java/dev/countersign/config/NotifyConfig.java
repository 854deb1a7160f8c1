package dev.countersign.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom to tell of what happens, and how. Nothing is sent where nothing is set.
 *
 * @param slackUrl a Slack-compatible incoming webhook, itself a secret; empty for none
 * @param texts the channels that carry arguments, and the texts of people that may repeat them; none by default
 * @param templates a folder of templates that count before the built-in ones
 * @param keep how long what was sent, or given up, is remembered; default 30 days
 */
public record NotifyConfig(
        Secret slackUrl, Mail mail, Hook http, Set<Channel> texts, Optional<Path> templates, Duration keep) {
    /** Without quoting, comments, spaces and control characters: what has those is no address here. */
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?");

    public NotifyConfig {
        texts = Set.copyOf(texts);
    }

    /** Whether a text is a plain e-mail address. */
    public static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }

    /** The ways out. */
    public enum Channel {
        SLACK,
        MAIL,
        HTTP
    }

    /**
     * E-mail.
     *
     * @param server null for none
     * @param from the sender's address; empty when none is set
     * @param to who reviews: addresses, or Permit users whose address Permit knows
     * @param escalateTo who is told when a request has waited for long; empty: those who review
     */
    public record Mail(@Nullable Smtp server, String from, List<String> to, List<String> escalateTo) {
        public Mail {
            to = List.copyOf(to);
            escalateTo = List.copyOf(escalateTo);
        }
    }

    /**
     * A mail server.
     *
     * @param tls from the first byte on; without, STARTTLS is asked for
     * @param tlsRequired whether a server that offers no TLS is refused
     * @param user empty for no login
     */
    public record Smtp(String host, int port, boolean tls, boolean tlsRequired, String user, Secret password) {}

    /**
     * An endpoint that takes signed messages.
     *
     * @param url itself a secret; empty for none
     * @param secret {@code whsec_} and the key in base64; empty when none is set
     */
    public record Hook(Secret url, Secret secret) {}
}
