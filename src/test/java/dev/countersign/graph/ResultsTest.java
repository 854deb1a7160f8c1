package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"operation_approval": {"id": "r-1", "status": "approved"}} | r-1
            {"access_request": {"id": "r-1", "status": "denied"}}       | r-1
            {"id": "r-1"}                                               | r-1
            {"access_request": {"id": "r-1", "status": "pending"}}      |
            {"request_id": "r-1", "status": "pending", "kind": "access"}|
            {"order": 17}                                               |
            an order was placed                                         |
            """)
    void aRequestIsLookedAtEarly_onlyWhereAResultMayTellOfItsDecision(String result, String request) {
        assertThat(Results.decidedRequest(result).orElse(null)).isEqualTo(request);
    }
}
