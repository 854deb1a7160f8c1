package dev.countersign.mcpserver;

import dev.countersign.core.Json;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may reach the MCP servlet: a bearer of the token, under a name of this server, and from no foreign web page. It also
 * writes every error body, since the SDK's own hold stack traces.
 */
final class HttpGuard extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final transient HttpSettings settings;
    private final transient byte[] bearer;

    HttpGuard(HttpSettings settings) {
        this.settings = settings;
        this.bearer = ("Bearer " + settings.token().value()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        int refusal = refusal(request);
        if (refusal != 0) {
            answer(response, refusal);
            return;
        }
        QuietErrors quiet = new QuietErrors(response);
        try {
            chain.doFilter(request, quiet);
        } catch (IOException | ServletException | RuntimeException e) {
            getServletContext().log("an MCP request failed", e);
            if (!response.isCommitted()) {
                answer(response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
            return;
        }
        if (quiet.error() != 0 && !response.isCommitted()) {
            answer(response, quiet.error());
        }
    }

    /** The status to refuse with; 0 lets the request through. Host first: a rebound name must not learn more than that. */
    private int refusal(HttpServletRequest request) {
        if (!isOurs(hostName(request.getHeader("Host")))) {
            return 421;
        }
        String origin = request.getHeader("Origin");
        if (origin != null && !isOurs(originName(origin))) {
            return HttpServletResponse.SC_FORBIDDEN;
        }
        String shown = request.getHeader("Authorization");
        // MessageDigest.isEqual takes the same time wherever the texts differ.
        if (shown == null || !MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), bearer)) {
            return HttpServletResponse.SC_UNAUTHORIZED;
        }
        return request.getContentLengthLong() > settings.bodyBytesMax()
                ? HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE
                : 0;
    }

    private boolean isOurs(String name) {
        return LOOPBACK.contains(name) || name.equals(settings.host());
    }

    private static String hostName(@Nullable String host) {
        return host == null ? "" : host.replaceFirst(":\\d{1,5}$", "");
    }

    private static String originName(String origin) {
        try {
            URI uri = new URI(origin);
            return uri.getHost() == null ? "" : uri.getHost();
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private static void answer(HttpServletResponse response, int status) throws IOException {
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        if (status == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"countersign\"");
        }
        Map<String, Object> error = Map.of("code", -32600, "message", message(status));
        // getOutputStream and not getWriter: the servlet may have taken neither, and this body is ours alone.
        response.getOutputStream()
                .write(Json.write(new Body("2.0", null, error)).getBytes(StandardCharsets.UTF_8));
    }

    private static String message(int status) {
        return switch (status) {
            case 400 ->
                "expected a JSON-RPC request with Accept: application/json, text/event-stream"
                        + " and, after initialize, Mcp-Session-Id";
            case 401 -> "expected Authorization: Bearer with this server's token";
            case 403 -> "expected an Origin of this server, or none";
            case 404 -> "no such session: initialize anew";
            case 405 -> "expected POST, GET or DELETE";
            case 413 -> "the request is too large";
            case 421 -> "expected a Host of this server";
            default -> "the request was not served";
        };
    }

    private record Body(String jsonrpc, @Nullable Object id, Map<String, Object> error) {}
}
