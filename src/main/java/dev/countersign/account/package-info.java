/**
 * Logins: a name and a bcrypt hash, and the tokens that prove a login. Roles are not kept here, Permit has them. May import
 * {@code core}, {@code config}, {@code db}.
 */
@NullMarked
package dev.countersign.account;

import org.jspecify.annotations.NullMarked;
