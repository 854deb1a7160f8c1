package dev.countersign.tool;

import dev.countersign.permit.RequestKind;

/** What the gate says about one tool call. Arguments are canonical JSON: checked, without duplicates, keys sorted. */
public sealed interface Verdict {
    /** The word for logs: {@code run}, {@code refuse}, {@code file} or {@code ask}. */
    String word();

    /** It may run now. */
    record Run(ToolInfo tool, String arguments) implements Verdict {
        @Override
        public String word() {
            return "run";
        }
    }

    /**
     * It does not run.
     *
     * @param code a word that programs can compare, such as {@code unknown_tool}
     * @param words what the model is told
     */
    record Refuse(String code, String words) implements Verdict {
        @Override
        public String word() {
            return "refuse";
        }

        /** The call's result in the transcript. */
        public String text() {
            return Words.error(code, words);
        }
    }

    /** The call itself files a request at Permit; the thread then waits for its decision. */
    record File(RequestKind kind, ToolInfo tool, String arguments, Waiting waiting) implements Verdict {
        @Override
        public String word() {
            return "file";
        }
    }

    /**
     * It waits for an approval that must be filed first.
     *
     * @param filingTool what files it, with filingArguments
     * @param bound the call that the approval is for
     */
    record Ask(RequestKind kind, ToolInfo filingTool, String filingArguments, BoundCall bound, Waiting waiting)
            implements Verdict {
        @Override
        public String word() {
            return "ask";
        }
    }

    /**
     * A call that runs once its approval is granted, and only as it was asked.
     *
     * @param argumentDigest of tool and arguments, see {@link GateRules#digest}
     */
    record BoundCall(ToolInfo tool, String arguments, String argumentDigest) {}
}
