package dev.countersign.permit;

import java.util.List;

/**
 * One page of a list.
 *
 * @param totalCount how many there are over all pages, as far as Permit says
 */
public record Page<T>(List<T> data, int totalCount, int pageCount) {
    public Page {
        data = List.copyOf(data);
    }
}
