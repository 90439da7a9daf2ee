/**
 * A result as text: one text for one content, with the many rows of problems and steps on a line each.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { z } from "npm:zod@4.3.5";
import { type JsonObject, type JsonValue, sortKeys } from "../files/json.ts";
import { RESULT } from "./schema.ts";
import type { Result } from "./types.ts";

/** Longest value that stays on one line. */
const LINE_WIDTH = 160;

/** Lists whose items take a line each, however long. */
const ROW_LISTS = new Set(["problems", "curve", "rows"]);

/** The text of a result file: keys in the schema's order, numbers as JSON writes doubles, a newline at the end. */
export function serializeResult(result: Result): string {
  return formatJson(ordered(result)) + "\n";
}

/** SHA-256 of everything outside `run`, in hex: equal runs have equal content. */
export function contentSha256(result: Result): string {
  const { run: _, ...content } = ordered(result);
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Keys in the schema's order, and sorted where the schema does not name them or the value does not follow it. */
function ordered(result: Result): Partial<z.infer<typeof RESULT>> {
  const sorted = sortKeys(result);
  return RESULT.safeParse(sorted).data ?? sorted as Result;
}

/** JSON with two spaces a level, where short values and rows stay on one line. */
export function formatJson(value: JsonValue, indent = "", rows = false): string {
  const line = JSON.stringify(value);
  if (typeof value !== "object" || value === null || rows || line.length + indent.length <= LINE_WIDTH) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + formatJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value as JsonObject).map(([key, child]) => {
    const text = ROW_LISTS.has(key) && Array.isArray(child) && child.length > 0
      ? `[\n${child.map((row) => `${inner}  ${formatJson(row, "", true)}`).join(",\n")}\n${inner}]`
      : formatJson(child, inner);
    return `${inner}${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${entries.join(",\n")}\n${indent}}`;
}
