package dev.countersign.notify;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Notification;
import dev.countersign.approval.Notifications;
import dev.countersign.core.CountersignException;
import dev.countersign.thread.ThreadStore;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a notification is about, as it stands now. Reads only; safe for use by many threads. */
record Notices(Notifications notifications, ApprovalStore approvals, ThreadStore threads, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    /** Empty when the subject was taken away, or its texts can no longer be read because their key was. */
    Optional<Notice> read(String id) {
        try {
            return notifications.find(id).flatMap(this::notice);
        } catch (CountersignException e) {
            LOG.atInfo()
                    .addKeyValue("notification", id)
                    .log("what a notification is about cannot be read any more: {}", e.forLog());
            return Optional.empty();
        }
    }

    private Optional<Notice> notice(Notification about) {
        String approvalId = about.approvalId();
        Optional<Approval> approval = approvalId == null ? Optional.empty() : approvals.find(approvalId);
        if (approvalId != null && approval.isEmpty()) {
            return Optional.empty();
        }
        return threads.find(about.threadId())
                .map(thread ->
                        new Notice(about, thread.owner(), thread.agent(), approval.orElse(null), clock.instant()));
    }
}
