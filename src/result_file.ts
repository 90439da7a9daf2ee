/**
 * Result files, schema v1: derived from counts, checked on reading, written once and never changed.
 *
 * @module
 */
export * from "./result/types.ts";
