package dev.countersign.log;

import dev.countersign.core.Digest;
import org.jspecify.annotations.Nullable;

/**
 * A row of the chain as it is stored, which is not yet to say that it is as it was written.
 *
 * <p>Its hash is the SHA-256 of these fields in this order, each as its length in bytes, a colon and its UTF-8 bytes: the hash
 * of the row before (64 zeros for the first), seq, at, kind, thread, subject, actor (empty for none), detail.
 *
 * @param seq from 1, without gaps
 * @param at milliseconds since 1970 UTC
 */
public record LogRow(
        long seq,
        long at,
        String kind,
        String threadId,
        String subject,
        @Nullable String actor,
        String detail,
        String hash) {
    static LogRow after(LogHead before, long at, LogEntry entry) {
        LogRow unsealed = new LogRow(
                before.seq() + 1,
                at,
                entry.kind().name(),
                entry.threadId(),
                entry.subject(),
                entry.actor(),
                entry.detail(),
                "");
        return unsealed.with(unsealed.hashAfter(before.hash()));
    }

    private LogRow with(String hash) {
        return new LogRow(seq, at, kind, threadId, subject, actor, detail, hash);
    }

    /** The hash this row must have when that was the hash of the one before. */
    String hashAfter(String before) {
        return Digest.of(
                before,
                Long.toString(seq),
                Long.toString(at),
                kind,
                threadId,
                subject,
                actor == null ? "" : actor,
                detail);
    }

    LogHead head() {
        return new LogHead(seq, hash);
    }
}
