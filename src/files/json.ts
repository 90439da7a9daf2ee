/**
 * JSON as types.
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
