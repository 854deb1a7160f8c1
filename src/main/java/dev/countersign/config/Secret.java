package dev.countersign.config;

/** A setting that never shows itself: {@code toString} is {@code ***}. Equal when the values are. */
public record Secret(String value) {
    @Override
    public String toString() {
        return value.isEmpty() ? "(not set)" : "***";
    }
}
