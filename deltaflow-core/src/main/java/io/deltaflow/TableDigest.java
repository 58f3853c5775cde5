package io.deltaflow;

/**
 * What a table holds, in a form that two systems can compare: the number of rows, and the sum
 * modulo 2^128 of a truncated SHA-256 over one canonical encoding of each row, so that order does
 * not matter and duplicates do.
 *
 * @param hash 32 hexadecimal digits
 */
public record TableDigest(long count, String hash) {}
