package dev.countersign.emulator;

/** The catalogued things; the label is the name that error messages use. */
enum Kind {
    TENANT("Tenant"),
    USER("User"),
    RESOURCE("Resource"),
    ROLE("Role"),
    INSTANCE("ResourceInstance"),
    ELEMENT("ElementsConfig");

    private final String label;

    Kind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
