package dev.countersign.mcpserver.permit;

import dev.countersign.permit.RequestKind;

/** The two kinds of request differ in words and in one parameter; everything else is the same. */
enum Wording {
    ACCESS(RequestKind.ACCESS, "access_request", "access request", "an access request"),
    OPERATION(RequestKind.OPERATION, "operation_approval", "operation approval", "an operation approval");

    private final RequestKind kind;
    private final String noun;
    private final String words;
    private final String oneOf;

    Wording(RequestKind kind, String noun, String words, String oneOf) {
        this.kind = kind;
        this.noun = noun;
        this.words = words;
        this.oneOf = oneOf;
    }

    RequestKind kind() {
        return kind;
    }

    /** As in tool names and results: {@code access_request}. */
    String noun() {
        return noun;
    }

    String plural() {
        return noun + "s";
    }

    /** As in sentences: {@code access request}. */
    String words() {
        return words;
    }

    /** With its article: {@code an access request}. */
    String one() {
        return oneOf;
    }

    String id() {
        return noun + "_id";
    }
}
