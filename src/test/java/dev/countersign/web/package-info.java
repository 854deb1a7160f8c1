/** The pages, over real sockets and, where there is a browser, in one. */
@NullMarked
package dev.countersign.web;

import org.jspecify.annotations.NullMarked;
