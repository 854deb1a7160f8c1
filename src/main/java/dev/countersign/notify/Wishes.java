package dev.countersign.notify;

import dev.countersign.approval.Notification;
import dev.countersign.config.NotifyConfig.Channel;

/** Whether somebody wants to be told of a kind of thing by a way. */
@FunctionalInterface
interface Wishes {
    boolean wants(String login, Notification.Kind kind, Channel channel);
}
