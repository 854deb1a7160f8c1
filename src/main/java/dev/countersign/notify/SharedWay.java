package dev.countersign.notify;

import dev.countersign.approval.Notification.Kind;
import dev.countersign.config.NotifyConfig.Channel;
import java.util.Set;

/**
 * A way that everybody shares. What concerns one person alone goes there unless that person wants none of it; what concerns others
 * as well is not one person's to switch off.
 */
record SharedWay(Way way, Wishes wishes) implements Way {
    private static final Set<Kind> OF_ONE = Set.of(Kind.DECIDED, Kind.JOB_FINISHED);

    @Override
    public Channel channel() {
        return way.channel();
    }

    @Override
    public Outcome send(Notice notice) {
        Kind kind = notice.about().kind();
        boolean unwanted = OF_ONE.contains(kind) && !wishes.wants(notice.owner(), kind, channel());
        return unwanted ? new Outcome.Nobody() : way.send(notice);
    }
}
