/**
 * JSON as types, and in one order.
 *
 * @module
 */

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** A value by its key. */
  readonly [key: string]: JsonValue;
}

/** The value with the keys of every object in sorted order, and without those that are undefined. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]));
}

/** Whether a value nests no deeper than so many objects and lists: what walks it goes as deep. */
export function nestsAtMost(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  // By key, without a list of values: most are lists of three.
  for (const key in value) if (!nestsAtMost((value as Record<string, unknown>)[key], depth - 1)) return false;
  return true;
}
