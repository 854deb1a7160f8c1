package dev.countersign.permit;

import dev.countersign.core.Json;

/** Permit's JSON as the contract shows it. */
final class Samples {
    static final String REQUEST_ID = "6f1c2a9e-3b7d-4c55-9a0e-1d2b3c4d5e6f";
    static final String HENRY = "aaaaaaaa-0000-4000-8000-000000000003";
    static final String JOE = "aaaaaaaa-0000-4000-8000-000000000001";
    static final String FANCY = "bbbbbbbb-0000-4000-8000-000000000003";
    static final String PALACE = "bbbbbbbb-0000-4000-8000-000000000001";
    static final String RESOURCE = "cccccccc-0000-4000-8000-000000000001";
    static final String CHILD_ROLE = "dddddddd-0000-4000-8000-000000000004";
    static final String OTHER_ROLE = "dddddddd-0000-4000-8000-000000000009";

    private Samples() {}

    static String access(String id, String status, String reason) {
        return request(id, "access_request", status, reason, FANCY, CHILD_ROLE);
    }

    static String operation(String id, String status, String reason) {
        return request(id, "operation_approval", status, reason, FANCY, null);
    }

    static String request(
            String id,
            String type,
            String status,
            String reason,
            String instance,
            @org.jspecify.annotations.Nullable String role) {
        var details = Json.object()
                .put("tenant", "eeeeeeee-0000-4000-8000-000000000001")
                .put("resource", RESOURCE)
                .put("resource_instance", instance);
        if (role != null) {
            details.put("role", role);
        }
        var json = Json.object()
                .put("id", id)
                .put("type", type)
                .put("status", status)
                .put("reason", reason)
                .put("created_at", "2026-03-01T10:00:00+00:00")
                .put("updated_at", "2026-03-01T10:00:00+00:00")
                .put("requesting_user_id", HENRY)
                .putNull("reviewer_user_id")
                .putNull("reviewer_comment")
                .putNull("reviewed_at");
        json.set("access_request_details", details);
        return Json.write(json);
    }

    static String envelope(String... items) {
        return "{\"data\":[" + String.join(",", items) + "],\"total_count\":" + items.length + ",\"page_count\":1}";
    }

    static String user(String id, String key) {
        return """
                {"key":"%s","id":"%s","organization_id":"o","project_id":"p","environment_id":"e",
                 "created_at":"2026-03-01T10:00:00+00:00","updated_at":"2026-03-01T10:00:00+00:00",
                 "email":null,"first_name":"%s","last_name":null,"attributes":{},"roles":[],"associated_tenants":[]}""".formatted(key, id, key);
    }

    static String instance(String id, String key) {
        return """
                {"key":"%s","id":"%s","tenant":"default","resource":"restaurants","organization_id":"o","project_id":"p",
                 "environment_id":"e","resource_id":"%s","tenant_id":"t","created_at":"2026-03-01T10:00:00+00:00",
                 "updated_at":"2026-03-01T10:00:00+00:00","attributes":{"name":"Fancy French","child_price_limit":10.00}}""".formatted(key, id, RESOURCE);
    }

    static String resource() {
        return """
                {"key":"restaurants","id":"%s","name":"Restaurants","actions":{},"roles":{
                  "child-can-view":{"id":"%s","key":"child-can-view"}}}""".formatted(RESOURCE, CHILD_ROLE);
    }

    static String login(String token) {
        return """
                {"error":null,"error_code":null,"token":"ticket","extra":null,"redirect_url":"https://x","element_bearer_token":"%s"}""".formatted(token);
    }

    static String error(String code, String message) {
        return """
                {"id":"f1b0c9a2","title":"Sorry","error_code":"%s","message":"%s","support_link":"x","additional_info":null}""".formatted(code, message);
    }
}
