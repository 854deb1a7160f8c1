package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.core.Json;
import java.util.Map;

/** Posts to a Slack-compatible incoming webhook. Nothing in a message is looked up or unfolded there. */
final class SlackWay implements Way {
    private final HttpPost post;
    private final Templates templates;
    private final boolean texts;

    SlackWay(HttpPost post, Templates templates, boolean texts) {
        this.post = post;
        this.templates = templates;
        this.texts = texts;
    }

    @Override
    public Channel channel() {
        return Channel.SLACK;
    }

    @Override
    public Outcome send(Notice notice) {
        ObjectNode message = Json.object()
                .put("text", templates.slack(notice, texts))
                .put("unfurl_links", false)
                .put("unfurl_media", false);
        return post.post(Json.write(message), Map.of());
    }
}
