package dev.countersign.web;

import java.util.List;

/** Texts that would be more than text on a page that forgot to escape one. */
final class Hostile {
    static final List<String> TEXTS = List.of(
            "<script>alert(1)</script>",
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<body onload=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<details open ontoggle=alert(1)>",
            "<input autofocus onfocus=alert(1)>",
            "<video><source onerror=alert(1)>",
            "<object data=\"data:text/html,<script>alert(1)</script>\">",
            "<embed src=\"javascript:alert(1)\">",
            "<form action=\"javascript:alert(1)\"><button>x</button></form>",
            "<base href=\"https://evil.example/\">",
            "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.example\">",
            "<link rel=\"stylesheet\" href=\"https://evil.example/x.css\">",
            "<style>*{display:none}</style>",
            "<div hx-get=\"/login/end\" hx-trigger=\"load\"></div>",
            "<div sse-connect=\"https://evil.example\"></div>",
            "<div data-into=\"#log\" id=\"m-1\">forged</div>",
            "<template><script>alert(1)</script></template>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "\"><script>alert(1)</script>",
            "'><script>alert(1)</script>",
            "\" onmouseover=\"alert(1)",
            "' onmouseover='alert(1)",
            "`${alert(1)}`",
            "${7*7} #{7*7} {{7*7}} <%= 7*7 %>",
            "<!--><script>alert(1)</script>-->",
            "--!><script>alert(1)</script>",
            "]]><script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
            "\u202e<script>alert(1)</script>",
            "data: x\n\nevent: closed\ndata: login\n\n",
            "id: 99999\nevent: patch\ndata: <b id=log></b>");

    private Hostile() {}
}
