package dev.countersign.graph;

import dev.countersign.core.Json;
import dev.countersign.tool.EffectJournal;

/**
 * What a person says of an unknown effect: the body of a resolution event.
 *
 * @param attempt the sending that was unknown when they said it; the answer counts for no other
 */
record Answer(String effect, int attempt, EffectJournal.Resolution resolution) {
    String json() {
        return Json.write(this);
    }

    static Answer parse(String json) {
        return Json.read(json, Answer.class);
    }
}
