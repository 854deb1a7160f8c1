package dev.countersign.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** Templates made into HTML. They were compiled with the program, and escape what they show. Safe for use by many threads. */
final class Rendering {
    private static final String SUFFIX = ".jte";

    private final TemplateEngine engine = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Rendering.class.getClassLoader(), Rendering.class.getPackageName());

    /** A template with its frame and what it shows. */
    String of(String template, Frame frame, Object it) {
        StringOutput html = new StringOutput();
        engine.render(template + SUFFIX, Map.of("frame", frame, "it", it), html);
        return html.toString();
    }
}
