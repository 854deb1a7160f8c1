package dev.countersign.notify;

import dev.countersign.config.NotifyConfig.Channel;

/** A way out. An attempt ends within a bounded time, by itself, and throws nothing for what the other side does. */
interface Way {
    Channel channel();

    /** Makes one attempt. The id is the same at each attempt of one notification. */
    Outcome send(Notice notice);
}
