package dev.countersign.graph;

import dev.countersign.core.Json;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;

/** An event on its way into the graph. */
record Incoming(long seq, EventKind kind, String body, long atMillis) {
    static Incoming of(Event event) {
        return new Incoming(event.seq(), event.kind(), event.body(), event.at().toEpochMilli());
    }

    String json() {
        return Json.write(this);
    }

    static Incoming parse(String json) {
        return Json.read(json, Incoming.class);
    }
}
