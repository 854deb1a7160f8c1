package dev.countersign.tool;

import dev.countersign.db.TextCipher;

/**
 * Where an effect belongs and who may act there.
 *
 * @param threadId the thread
 * @param owner whose thread it is
 * @param fence the lease's fencing token; an older one may start nothing
 * @param cipher of the thread's texts
 */
public record EffectSite(String threadId, String owner, long fence, TextCipher cipher) {
    @Override
    public String toString() {
        return "EffectSite[" + threadId + " fence " + fence + "]";
    }
}
