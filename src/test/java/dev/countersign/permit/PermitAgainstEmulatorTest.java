package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.Config;
import dev.countersign.config.PermitConfig;
import dev.countersign.config.Places;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.emulator.Fault;
import dev.countersign.emulator.LoggedRequest;
import dev.countersign.emulator.Switches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client and the emulator are two readings of one contract; here they meet over HTTP, endpoint by endpoint. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PermitAgainstEmulatorTest {
    private static final String KEY = "permit_key_emulated";

    private EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(KEY, Clock.systemUTC()));
    private Permit permit = Permits.connect(config());

    private PermitConfig config(String... more) {
        Map<String, String> all = new java.util.HashMap<>(Map.of(
                "PERMIT_API_KEY",
                KEY,
                "PERMIT_API_URL",
                emulator.url(),
                "PERMIT_PDP_URL",
                emulator.url(),
                "PERMIT_TIMEOUT",
                "5s"));
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return Config.of(new Places(Path.of("."), Path.of(".")), all).permit();
    }

    @BeforeAll
    void restart() {
        emulator.faults().clear();
    }

    @AfterEach
    void behave() {
        emulator.faults().clear();
        for (RequestKind kind : RequestKind.values()) {
            for (String user : List.of("henry", "rose", "joe")) {
                permit.list(kind, user, RequestFilter.in(RequestStatus.PENDING)).data().stream()
                        .filter(request -> request.requester().equals(idOf(user)))
                        .forEach(request -> permit.cancel(kind, request.id(), user));
            }
        }
    }

    @AfterAll
    void stop() {
        emulator.close();
    }

    private String idOf(String user) {
        return permit.user(user).orElseThrow().id();
    }

    private static RequestDraft draft(RequestKind kind, String user, String instance, @Nullable String reference) {
        boolean access = kind == RequestKind.ACCESS;
        return new RequestDraft(
                kind,
                user,
                instance,
                access ? "child-can-view" : null,
                access ? null : "order_dish: Truffle Pasta",
                "birthday 🎂 [ref: forged]",
                reference);
    }

    @Test
    void scopeUsersAndInstances() {
        assertThat(permit.scope().environment()).isNotBlank();
        PermitUser henry = permit.user("henry").orElseThrow();
        assertThat(permit.user(henry.id())).contains(henry);
        assertThat(permit.user("nobody")).isEmpty();
        assertThat(permit.users(1, 100).data()).extracting(PermitUser::key).contains("joe", "jane", "henry", "rose");
        assertThat(permit.users(2, 2).data()).hasSize(2);
        Page<ResourceInstance> page = permit.instances(1, 100);
        assertThat(page.data()).extracting(ResourceInstance::displayName).contains("Pizza Palace", "Sushi World");
        ResourceInstance fancy = permit.instance("3").orElseThrow();
        assertThat(permit.instance(fancy.id())).contains(fancy);
        assertThat(permit.instance("restaurants:3")).contains(fancy);
        assertThat(permit.instance("99")).isEmpty();
        assertThat(fancy.attributes().path("child_price_limit").asDouble()).isEqualTo(10.0);
        assertThat(permit.instances(2, 3).data()).hasSize(1);
        assertThat(permit.instances(2, 3).totalCount()).isEqualTo(4);
    }

    @Test
    void listsAreReadInBothShapes() {
        Page<ResourceInstance> usual = permit.instances(1, 100);
        emulator.faults().change(s -> shaped(s, true, false));
        assertThat(permit.instances(1, 100).data()).isEqualTo(usual.data());
        emulator.faults().change(s -> shaped(s, false, true));
        assertThat(permit.instances(1, 100).data()).isEqualTo(usual.data());
        assertThat(permit.users(1, 100).data()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(permit.list(RequestKind.ACCESS, "joe", RequestFilter.in(RequestStatus.PENDING))
                        .data())
                .isEmpty();
    }

    @Test
    void checksAnswerAsTheFamilysRolesSay() {
        assertThat(permit.check("henry", "read", "1")).isTrue();
        assertThat(permit.check("henry", "read", "3")).isFalse();
        assertThat(permit.check(
                        "joe", "delete", permit.instance("3").orElseThrow().id()))
                .isTrue();
        assertThat(permit.check("henry", "read", null)).isFalse();
        assertThat(permit.check("stranger", "read", "1")).isFalse();
        assertThat(permit.authorizedUsers("approve", "3")).containsOnlyKeys("joe", "jane");
    }

    @Test
    void rolesAreReadAndAssignedTwice_andRemovedOnce() {
        assertThat(permit.roles("henry"))
                .extracting(RoleAssignment::resourceInstance)
                .contains("restaurants:1", "restaurants:2");
        permit.assign("rose", "_Approved_", "4");
        permit.assign("rose", "_Approved_", "4");
        emulator.faults().change(s -> duplicateAssignment(s));
        permit.assign("rose", "_Approved_", "4");
        assertThat(permit.check("rose", "operate", "4")).isTrue();
        assertThat(permit.unassign("rose", "_Approved_", "4")).isTrue();
        assertThat(permit.unassign("rose", "_Approved_", "4")).isFalse();
        assertThat(permit.check("rose", "operate", "4")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(RequestKind.class)
    void aRequestIsFiledFoundApprovedAndTakesEffect(RequestKind kind) {
        PermitRequest filed = permit.file(draft(kind, "henry", "3", "r-1"));
        assertThat(filed.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(filed.reason()).isEqualTo("birthday 🎂 [ref: forged]");
        assertThat(filed.reference()).isEqualTo("r-1");
        assertThat(filed.requester()).isEqualTo(idOf("henry"));
        assertThat(filed.resourceInstance()).isEqualTo("3");
        assertThat(filed.operation()).isEqualTo(kind == RequestKind.ACCESS ? null : "order_dish: Truffle Pasta");
        assertThat(filed.role()).isEqualTo(kind == RequestKind.ACCESS ? "child-can-view" : null);
        for (String reader : List.of("henry", "joe")) {
            RequestFilter filter = new RequestFilter(RequestStatus.PENDING, null, "3", 1, 30);
            assertThat(permit.list(kind, reader, filter).data())
                    .singleElement()
                    .satisfies(one -> assertThat(one.id()).isEqualTo(filed.id()))
                    .satisfies(one -> assertThat(one.requesterName()).isEqualTo("henry"));
            assertThat(permit.get(kind, filed.id(), reader).reference()).isEqualTo("r-1");
        }
        assertThat(permit.list(kind, "rose", RequestFilter.in(RequestStatus.PENDING))
                        .data())
                .isEmpty();
        PermitRequest approved = permit.approve(kind, filed.id(), "joe", "enjoy");
        assertThat(approved.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(approved.reviewer()).isEqualTo(idOf("joe"));
        assertThat(approved.reviewerComment()).isEqualTo("enjoy");
        assertThat(permit.get(kind, filed.id(), "henry").status()).isEqualTo(RequestStatus.APPROVED);
        String role = kind == RequestKind.ACCESS ? "child-can-view" : "_Approved_";
        assertThat(permit.check("henry", kind == RequestKind.ACCESS ? "read" : "operate", "3"))
                .isTrue();
        assertThatThrownBy(() -> permit.deny(kind, filed.id(), "jane", null)).hasMessageContaining("already approved");
        assertThatThrownBy(() -> permit.cancel(kind, filed.id(), "henry")).hasMessageContaining("already approved");
        assertThat(permit.unassign("henry", role, "3")).isTrue();
    }

    @ParameterizedTest
    @EnumSource(RequestKind.class)
    void aRequestIsDeniedWithAComment_anotherIsCancelled(RequestKind kind) {
        PermitRequest first = permit.file(draft(kind, "henry", "4", null));
        assertThat(permit.deny(kind, first.id(), "jane", "too dear").reviewerComment())
                .isEqualTo("too dear");
        PermitRequest second = permit.file(draft(kind, "henry", "4", null));
        assertThatThrownBy(() -> permit.cancel(kind, second.id(), "rose")).isInstanceOf(PermitException.class);
        assertThat(permit.cancel(kind, second.id(), "henry").status()).isEqualTo(RequestStatus.CANCELED);
        assertThat(permit.list(kind, "henry", new RequestFilter(null, null, "4", 1, 100))
                        .data())
                .extracting(PermitRequest::status)
                .contains(RequestStatus.DENIED, RequestStatus.CANCELED);
    }

    @ParameterizedTest
    @EnumSource(RequestKind.class)
    void nobodyApprovesTheirOwn_andNoChildApprovesAnything(RequestKind kind) {
        PermitRequest own = permit.file(draft(kind, "joe", "3", null));
        assertThatThrownBy(() -> permit.approve(kind, own.id(), "joe", null)).hasMessageContaining("CS-302");
        PermitRequest henrys = permit.file(draft(kind, "henry", "3", null));
        assertThatThrownBy(() -> permit.approve(kind, henrys.id(), "rose", null))
                .isInstanceOf(PermitException.class);
        assertThatThrownBy(() -> permit.approve(kind, henrys.id(), "henry", null))
                .isInstanceOf(PermitException.class);
        assertThat(permit.get(kind, henrys.id(), "henry").status()).isEqualTo(RequestStatus.PENDING);
    }

    @ParameterizedTest
    @EnumSource(RequestKind.class)
    void promise3_aFilingWhoseAnswerIsLostIsFoundByItsReference(RequestKind kind) {
        String route = kind == RequestKind.ACCESS ? "access_requests" : "operation_approval";
        emulator.faults().inject(Fault.next(Fault.Kind.DROP_AFTER, route).withMethod("POST"));
        assertThatThrownBy(() -> permit.file(draft(kind, "rose", "3", "lost-1")))
                .isInstanceOfSatisfying(
                        PermitException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue());
        assertThat(permit.list(kind, "rose", new RequestFilter(RequestStatus.PENDING, null, "3", 1, 100))
                        .data())
                .singleElement()
                .satisfies(one -> assertThat(one.reference()).isEqualTo("lost-1"));
    }

    @Test
    void promise6_anUnassignWhoseAnswerIsLostIsUnknown_andOfManyAtOnceOneWins() {
        permit.assign("rose", "_Approved_", "3");
        emulator.faults()
                .inject(Fault.next(Fault.Kind.DROP_AFTER, "role_assignments").withMethod("DELETE"));
        assertThatThrownBy(() -> permit.unassign("rose", "_Approved_", "3"))
                .isInstanceOfSatisfying(
                        PermitException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue());
        assertThat(permit.unassign("rose", "_Approved_", "3")).isFalse();
        permit.assign("rose", "_Approved_", "3");
        AtomicInteger winners = new AtomicInteger();
        IntStream.range(0, 8).parallel().forEach(i -> {
            if (permit.unassign("rose", "_Approved_", "3")) {
                winners.incrementAndGet();
            }
        });
        assertThat(winners).hasValue(1);
    }

    @Test
    void aDuplicatePendingRequestThatIsRefusedIsAnsweredWithTheFirst() {
        emulator.faults().change(s -> duplicatePending(s));
        for (RequestKind kind : RequestKind.values()) {
            PermitRequest first = permit.file(draft(kind, "rose", "4", "one"));
            assertThat(permit.file(draft(kind, "rose", "4", "two")).id()).isEqualTo(first.id());
        }
    }

    @Test
    void promise7_noFaultIsAYes() {
        for (Fault.Kind kind : List.of(Fault.Kind.MISSING_ALLOW, Fault.Kind.HTML)) {
            emulator.faults().inject(Fault.next(kind, "/allowed"));
            assertThatThrownBy(() -> permit.check("joe", "read", "1")).isInstanceOf(PermitException.class);
        }
        emulator.faults().inject(Fault.next(Fault.Kind.SERVER_ERROR, "/allowed").withTimes(2));
        assertThatThrownBy(() -> permit.check("joe", "read", "1")).isInstanceOf(PermitException.class);
        emulator.faults()
                .inject(Fault.next(Fault.Kind.TOO_MANY_REQUESTS, "/users").withValue(0));
        assertThat(permit.users(1, 10).data()).isNotEmpty();
    }

    @Test
    void someoneUnknownCannotFile() {
        for (RequestKind kind : RequestKind.values()) {
            assertThatThrownBy(() -> permit.file(draft(kind, "stranger", "3", null)))
                    .isInstanceOfSatisfying(
                            PermitException.class,
                            e -> assertThat(e.outcomeUnknown()).isFalse());
        }
    }

    @Test
    void aWrongKeyOpensNothing() {
        PermitConfig wrong = config("PERMIT_API_KEY", "permit_key_wrong");
        assertThatThrownBy(() -> Permits.connect(wrong)).hasMessageContaining("CS-306");
    }

    @Test
    void theDoctorFindsTheEmulatorHealthy() {
        assertThat(PermitDoctor.examine(config())).extracting(Finding::level).containsOnly(Finding.Level.OK);
    }

    @Test
    void setupFindsNothingToDoForTheFamily_bringsAnotherDomainIn_andThenFindsNothingEither(@TempDir Path folder)
            throws Exception {
        PermitSetup setup = new PermitSetup(config());
        // The seed says nothing of which resource the approval form is for; setup does, once.
        assertThat(setup.apply(Path.of("graphs", "food-ordering.permit.yaml"), false))
                .filteredOn(change -> !change.what().equals("element dish-approval"))
                .extracting(SetupChange::kind)
                .containsOnly(SetupChange.Kind.UNCHANGED);
        assertThat(setup.apply(Path.of("graphs", "food-ordering.permit.yaml"), false))
                .extracting(SetupChange::kind)
                .containsOnly(SetupChange.Kind.UNCHANGED);
        Path file = Files.writeString(folder.resolve("cars.permit.yaml"), """
                format: 1
                resource:
                  key: cars
                  actions: [read, drive, operate, review, approve, deny]
                  attributes: {seats: number}
                  roles:
                    owner: {permissions: [read, drive]}
                    driver: {permissions: [drive]}
                    _Approved_: {permissions: [operate]}
                    _Reviewer_: {permissions: [review, approve, deny]}
                elements:
                  - {key: car-requests, type: user_management, levels: {LEVEL_1: [owner], LEVEL_4: [driver]}}
                  - {key: car-approvals, type: approval_management}
                instances:
                  - {key: beetle, attributes: {seats: 4}}
                users:
                  - {key: ann, first_name: Ann, roles: {owner: [beetle], _Reviewer_: [beetle]}}
                  - {key: bob, first_name: Bob}
                """);
        emulator.requestLog().clear();
        List<SetupChange> wishes = setup.apply(file, true);
        assertThat(writes()).isEmpty();
        assertThat(setup.apply(file, false)).isEqualTo(wishes);
        assertThat(setup.apply(file, false)).extracting(SetupChange::kind).containsOnly(SetupChange.Kind.UNCHANGED);
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("seats: 4", "seats: 5")
                        .replace("[read, drive, operate", "[read, drive, sell, operate")
                        .replace("driver: {permissions: [drive]}", "driver: {permissions: [drive, read]}")
                        .replace("first_name: Bob", "first_name: Bobby"));
        assertThat(setup.apply(file, false))
                .filteredOn(change -> change.kind() != SetupChange.Kind.UNCHANGED)
                .extracting(SetupChange::what)
                .containsExactly("resource cars", "role driver on cars", "instance cars:beetle", "user bob");
        assertThat(setup.apply(file, false)).extracting(SetupChange::kind).containsOnly(SetupChange.Kind.UNCHANGED);
        Permit cars = Permits.connect(config(
                "RESOURCE_KEY", "cars",
                "ACCESS_ELEMENTS_CONFIG_ID", "car-requests",
                "OPERATION_ELEMENTS_CONFIG_ID", "car-approvals"));
        PermitRequest filed =
                cars.file(new RequestDraft(RequestKind.ACCESS, "bob", "beetle", "driver", null, "trip", null));
        assertThat(cars.approve(RequestKind.ACCESS, filed.id(), "ann", null).status())
                .isEqualTo(RequestStatus.APPROVED);
        assertThat(cars.check("bob", "drive", "beetle")).isTrue();
    }

    private List<String> writes() {
        return emulator.requestLog().all().stream()
                .map(LoggedRequest::method)
                .filter(method -> !method.equals("GET"))
                .toList();
    }

    private static Switches shaped(Switches s, boolean envelope, boolean array) {
        return with(s, s.duplicatePending409(), s.duplicateAssignment409(), envelope, array);
    }

    private static Switches duplicatePending(Switches s) {
        return with(s, true, s.duplicateAssignment409(), s.listsAsEnvelope(), s.listsAsArray());
    }

    private static Switches duplicateAssignment(Switches s) {
        return with(s, s.duplicatePending409(), true, s.listsAsEnvelope(), s.listsAsArray());
    }

    private static Switches with(Switches s, boolean pending, boolean assignment, boolean envelope, boolean array) {
        return new Switches(
                s.pdpLagMillis(),
                s.pdpFrozen(),
                pending,
                s.secondDecisionStatus(),
                s.notInTenantStatus(),
                s.roleNotAssignableStatus(),
                s.selfApprovalOfAccess(),
                s.selfApprovalOfOperations(),
                s.detailsAsSent(),
                assignment,
                s.webhookOnCreation(),
                envelope,
                array,
                s.elementsTokenSeconds(),
                s.loginError());
    }
}
