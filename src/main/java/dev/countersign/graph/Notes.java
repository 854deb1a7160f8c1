package dev.countersign.graph;

/**
 * The words in which steps note what they have seen ({@link dev.countersign.checkpoint.Turn#note}): what a replay needs and cannot
 * tell from the messages that came of it. Old stores hold them, so a word never changes its meaning; what is new gets a new one.
 */
public final class Notes {
    /** Which setting the agent worked in: its digest. Noted when it is first looked at in a run, and when it has changed. */
    public static final String SETTING = "setting=";

    /** The tools could not be listed: what was said of it. */
    public static final String NO_TOOLS = "notools=";

    /** The names of the owner's roles, a JSON list; noted where they were read. */
    public static final String ROLES = "roles=";

    /** Permit did not tell the roles: why. */
    public static final String NO_ROLES = "noroles=";

    /** The owner had asked to cancel. */
    public static final String CANCELED = "canceled";

    /** The digest of what the model was asked; see {@link Question}. */
    public static final String ASKED = "asked=";

    /** The model gave no answer: what was said of it. */
    public static final String NO_ANSWER = "noanswer=";

    /** The digest of what the model was asked for a summary with; see {@link Summing}. */
    public static final String SUMMED = "summed=";

    /** There came no summary: what was said of it. */
    public static final String NOT_SUMMED = "notsummed=";

    /** {@code CALL=WORD}: a call that ended as {@code unknown} or {@code not_sent}. */
    public static final String OUTCOME = "outcome:";

    /** {@code CALL=APPROVAL}: the approval that a call began. */
    public static final String APPROVAL = "approval:";

    /** {@code APPROVAL=STATE}: as what an approval stood after it was withdrawn. */
    public static final String WITHDRAWN = "withdrawn:";

    /** {@code APPROVAL=used} or {@code APPROVAL=refused:WHY}: the one-time role was not there to be spent. */
    public static final String GRANT = "grant:";

    static final String USED = "used";
    static final String REFUSED = "refused:";

    private Notes() {}
}
