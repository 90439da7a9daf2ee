/**
 * Lists in which nothing stands twice.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";

/** A list in which nothing stands twice: it would be computed once, and counted as two. */
export function distinct<T extends z.ZodType<string | number>>(entry: T, what: string, least = 1) {
  return z.array(entry).min(least).readonly().superRefine((entries, context) => {
    const again = entries.findIndex((value, i) => entries.indexOf(value) !== i);
    if (again >= 0) context.addIssue({ code: "custom", path: [again], message: `each ${what} once` });
  });
}
