/**
 * Whether two types are one: every key, whether it may be absent, whether it may be written, and every value.
 *
 * @module
 */

/** `true`, or `false`. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
