package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Approval;
import dev.countersign.approval.Notification;
import dev.countersign.approval.Wish;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.config.Secret;
import dev.countersign.core.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON to any endpoint, signed as Standard Webhooks says. The header {@code webhook-id} is the notification's and the same
 * at each attempt; {@code webhook-timestamp} is the attempt's, in seconds; {@code webhook-signature} is {@code v1,} and, in
 * base64, the HMAC-SHA256 of id, timestamp and body with full stops between them. The body:
 *
 * <pre>{@code
 * {"type":"approval.filed","timestamp":"2026-11-23T10:00:00Z","data":{"thread_id":"…","requester":"henry",
 *  "agent":"food-ordering","approval_id":"…","request_id":"…","kind":"operation","state":"pending","tool":"order_dish",
 *  "created_at":"…","deadline":"…","decided_at":null,"reviewer":null}}
 * }</pre>
 */
final class HttpWay implements Way {
    private static final String PREFIX = "whsec_";

    private final HttpPost post;
    private final Secret secret;
    private final boolean texts;

    HttpWay(HttpPost post, Secret secret, boolean texts) {
        this.post = post;
        this.secret = secret;
        this.texts = texts;
    }

    @Override
    public Channel channel() {
        return Channel.HTTP;
    }

    @Override
    public Outcome send(Notice notice) {
        String id = notice.about().id();
        String timestamp = Long.toString(notice.now().getEpochSecond());
        String body = Json.write(message(notice));
        return post.post(
                body,
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        timestamp,
                        "webhook-signature",
                        "v1," + signature(id + "." + timestamp + "." + body)));
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] key = Base64.getDecoder().decode(secret.value().substring(PREFIX.length()));
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    private ObjectNode message(Notice notice) {
        Notification about = notice.about();
        ObjectNode data = Json.object()
                .put("thread_id", about.threadId())
                .put("requester", notice.owner())
                .put("agent", notice.agent());
        Approval approval = notice.approval();
        if (approval != null) {
            facts(data, approval);
            if (texts) {
                texts(data, approval);
            }
        }
        return Json.object()
                .put("type", type(about.kind()))
                .put("timestamp", about.createdAt().toString())
                .set("data", data);
    }

    static String type(Notification.Kind kind) {
        return switch (kind) {
            case FILED -> "approval.filed";
            case REMINDER -> "approval.reminder";
            case ESCALATION -> "approval.escalated";
            case DECIDED -> "approval.decided";
            case EXPIRED -> "approval.expired";
            case NEEDS_ATTENTION -> "thread.needs_attention";
            case JOB_FINISHED -> "job.finished";
        };
    }

    private static void facts(ObjectNode data, Approval approval) {
        data.put("approval_id", approval.id())
                .put("request_id", approval.requestId())
                .put("kind", Notice.lower(approval.kind()))
                .put("state", Notice.lower(approval.state()))
                .put("tool", approval.wish().tool())
                .put("created_at", approval.createdAt().toString())
                .put("deadline", approval.deadline().toString())
                .put("decided_at", words(approval.decidedAt()))
                .put("reviewer", approval.reviewer());
    }

    private static @Nullable String words(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    private static void texts(ObjectNode data, Approval approval) {
        Wish wish = approval.wish();
        data.put("resource_instance", wish.resourceInstance())
                .put("role", wish.role())
                .put("operation", wish.operation())
                .put("reason", wish.reason())
                .put("comment", approval.comment())
                .set("arguments", Json.read(wish.arguments()));
    }
}
