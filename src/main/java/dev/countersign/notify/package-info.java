/**
 * Tells people what happened: to a Slack-compatible webhook, by e-mail, to any HTTP endpoint that checks a signature. In come the
 * rows that {@code approval.Notifications} wrote in the transactions that caused them; out go messages, at least once to each
 * channel and always under the same id. May import layers 0 to 3.
 */
@NullMarked
package dev.countersign.notify;

import org.jspecify.annotations.NullMarked;
