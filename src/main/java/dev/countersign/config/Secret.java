package dev.countersign.config;

import com.fasterxml.jackson.annotation.JsonValue;

/** A setting that never shows itself: {@code toString} and JSON are {@code ***}. Equal when the values are. */
public record Secret(String value) {
    @Override
    @JsonValue
    public String toString() {
        return value.isEmpty() ? "(not set)" : "***";
    }
}
