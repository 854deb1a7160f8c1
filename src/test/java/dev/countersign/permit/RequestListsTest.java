package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists: what Permit's filters leave undone is done here, keys compared with keys. */
final class RequestListsTest {
    private static final String LIST =
            "GET " + ScriptedPermit.FACTS + "/access_requests/restaurant-requests/user/joe/tenant/default";
    private static final String OPERATIONS = "GET " + ScriptedPermit.ELEMENTS + "/dish-requests/operation_approval";
    private static final String INSTANCE = "GET " + ScriptedPermit.FACTS + "/resource_instances";
    private static final RequestFilter PENDING = RequestFilter.in(RequestStatus.PENDING);

    private final ScriptedPermit server = new ScriptedPermit();

    @BeforeEach
    void seed() {
        server.on("GET " + ScriptedPermit.SCHEMA + "/resources/restaurants", 200, Samples.resource());
        server.on("GET " + ScriptedPermit.SCHEMA + "/roles", 200, "[]");
        server.on(INSTANCE + "/" + Samples.FANCY, 200, Samples.instance(Samples.FANCY, "3"));
        server.on(INSTANCE + "/" + Samples.PALACE, 200, Samples.instance(Samples.PALACE, "1"));
        server.on("POST /v2/auth/elements_login_as", 200, Samples.login("elt_x"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String id(int number) {
        return "00000000-0000-4000-8000-%012d".formatted(number);
    }

    private static String at(int number, String instance, String role) {
        return Samples.request(id(number), "access_request", "pending", "why", instance, role);
    }

    @Test
    void statusAndPagingGoToPermit_resourceAndInstanceFiltersDoNot() {
        server.on(LIST, 200, Samples.envelope(at(1, Samples.FANCY, Samples.CHILD_ROLE)));
        Page<PermitRequest> page = server.connect()
                .list(RequestKind.ACCESS, "joe", new RequestFilter(RequestStatus.PENDING, null, null, 2, 30));
        assertThat(page.data()).hasSize(1);
        assertThat(server.received(LIST).get(0).query()).isEqualTo("status=pending&page=2&per_page=30");
    }

    @Test
    void operationApprovalsAreAskedForWithTheResource_sinceTheElementDoesNotScopeThem() {
        server.on(OPERATIONS, 200, "[]");
        assertThat(server.connect().list(RequestKind.OPERATION, "joe", PENDING).data())
                .isEmpty();
        assertThat(server.received(OPERATIONS).get(0).query()).contains("resource=restaurants");
    }

    @Test
    void anEnvelopeAndABareArrayAreTheSame_andAnythingElseIsAnError() {
        String one = at(1, Samples.FANCY, Samples.CHILD_ROLE);
        server.on(LIST, 200, "[" + one + "]")
                .on(LIST, 200, Samples.envelope(one))
                .on(LIST, 200, "{\"data\":null}");
        Permit permit = server.connect();
        assertThat(permit.list(RequestKind.ACCESS, "joe", PENDING).data())
                .isEqualTo(permit.list(RequestKind.ACCESS, "joe", PENDING).data());
        assertThatThrownBy(() -> permit.list(RequestKind.ACCESS, "joe", PENDING))
                .hasMessageContaining("CS-308");
    }

    @Test
    void aFilterByInstanceFindsItHoweverPermitNamesIt() {
        server.on(
                LIST,
                200,
                Samples.envelope(
                        at(1, Samples.FANCY, Samples.CHILD_ROLE),
                        at(2, "3", "child-can-view"),
                        at(3, "restaurants:3", Samples.CHILD_ROLE),
                        at(4, Samples.PALACE, Samples.CHILD_ROLE),
                        at(5, Samples.FANCY, "parent")));
        Permit permit = server.connect();
        for (String named : List.of("3", "restaurants:3", Samples.FANCY)) {
            RequestFilter filter = new RequestFilter(null, "child-can-view", named, 1, 100);
            assertThat(permit.list(RequestKind.ACCESS, "joe", filter).data())
                    .extracting(PermitRequest::id)
                    .containsExactly(id(1), id(2), id(3));
        }
        RequestFilter byRoleId = new RequestFilter(null, Samples.CHILD_ROLE, null, 1, 100);
        assertThat(permit.list(RequestKind.ACCESS, "joe", byRoleId).data()).hasSize(4);
    }

    @Test
    void aFilteredPageIsAFullOne_gatheredFromAllPages() {
        String[] first = IntStream.range(0, 100)
                .mapToObj(i -> at(i, i % 2 == 0 ? Samples.FANCY : Samples.PALACE, Samples.CHILD_ROLE))
                .toArray(String[]::new);
        server.on(LIST, 200, Samples.envelope(first))
                .on(
                        LIST,
                        200,
                        Samples.envelope(
                                at(0, Samples.FANCY, Samples.CHILD_ROLE), at(200, Samples.FANCY, Samples.CHILD_ROLE)));
        Page<PermitRequest> page =
                server.connect().list(RequestKind.ACCESS, "joe", new RequestFilter(null, null, "3", 2, 50));
        assertThat(page.totalCount()).isEqualTo(51);
        assertThat(page.pageCount()).isEqualTo(2);
        assertThat(page.data()).extracting(PermitRequest::id).containsExactly(id(200));
    }

    @Test
    void anIdIsLookedUpOnce_andManyAreNotLookedUpOneByOne() {
        String[] some = IntStream.range(0, 30)
                .mapToObj(i -> at(i, "bbbbbbbb-0000-4000-8000-%012d".formatted(i + 100), Samples.CHILD_ROLE))
                .toArray(String[]::new);
        String[] instances = IntStream.range(0, 30)
                .mapToObj(i -> Samples.instance("bbbbbbbb-0000-4000-8000-%012d".formatted(i + 100), "k" + i))
                .toArray(String[]::new);
        server.on(LIST, 200, Samples.envelope(some));
        server.on(INSTANCE, 200, "[" + String.join(",", instances) + "]");
        Permit permit = server.connect();
        permit.list(RequestKind.ACCESS, "joe", PENDING);
        assertThat(permit.list(RequestKind.ACCESS, "joe", PENDING).data().get(7).resourceInstance())
                .isEqualTo("k7");
        assertThat(server.received(INSTANCE)).hasSize(1);
        assertThat(server.received()).hasSize(1 + 2 + 1 + 2);
    }

    @Test
    void requestsOfAnotherStatusOrResourceThatPermitSendsAnyway_areNotShown() {
        String foreign = at(2, Samples.FANCY, Samples.CHILD_ROLE).replace(Samples.RESOURCE, id(77));
        String denied = at(3, Samples.FANCY, Samples.CHILD_ROLE).replace("pending", "denied");
        server.on(LIST, 200, Samples.envelope(at(1, Samples.FANCY, Samples.CHILD_ROLE), foreign, denied));
        assertThat(server.connect().list(RequestKind.ACCESS, "joe", PENDING).data())
                .extracting(PermitRequest::id)
                .containsExactly(id(1));
    }

    @Test
    void theRequestersNameAndTheInstancesKeyAreTakenFromTheListWhenItHasThem() {
        String item = Samples.operation(id(1), "pending", "why")
                .replaceFirst(
                        "\\{",
                        "{\"requesting_user_first_name\":\"henry\",\"resource_instance_key\":\"3\",\"resource_key\":\"restaurants\",");
        server.on(OPERATIONS, 200, Samples.envelope(item));
        PermitRequest request = server.connect()
                .list(RequestKind.OPERATION, "joe", PENDING)
                .data()
                .get(0);
        assertThat(request.requesterName()).isEqualTo("henry");
        assertThat(request.resourceInstance()).isEqualTo("3");
        assertThat(server.received(INSTANCE + "/" + Samples.FANCY)).isEmpty();
    }

    @Test
    void aDeletedInstanceStaysAnId() {
        server.on(LIST, 200, Samples.envelope(at(1, id(99), Samples.OTHER_ROLE)));
        PermitRequest request =
                server.connect().list(RequestKind.ACCESS, "joe", PENDING).data().get(0);
        assertThat(request.resourceInstance()).isEqualTo(id(99));
        assertThat(request.role()).isEqualTo(Samples.OTHER_ROLE);
    }

    @Test
    void promise3_aListThatCannotBeReadWhollyIsAnError_notAShorterList() {
        server.on(LIST, 200, Samples.envelope(at(1, Samples.FANCY, Samples.CHILD_ROLE), "{\"id\":7}"));
        assertThatThrownBy(() -> server.connect().list(RequestKind.ACCESS, "joe", PENDING))
                .hasMessageContaining("CS-308");
    }

    @Test
    void moreThanCanBeSearchedIsSaid() {
        String[] full = IntStream.range(0, 100)
                .mapToObj(i -> at(i, "3", "child-can-view"))
                .toArray(String[]::new);
        server.on(LIST, 200, Samples.envelope(full));
        assertThatThrownBy(() -> server.connect("PERMIT_TIMEOUT", "60s")
                        .list(RequestKind.ACCESS, "joe", new RequestFilter(null, null, "3", 1, 10)))
                .hasMessageContaining("more than 5000");
    }
}
