package dev.countersign.thread;

/** Whether somebody types, or a goal is worked off with nobody typing. */
public enum ThreadKind {
    CHAT,
    JOB
}
