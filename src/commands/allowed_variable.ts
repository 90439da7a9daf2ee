/**
 * Variables of the environment that a program under few permissions may or may not look at.
 *
 * @module
 */

/** A variable's value; undefined where it is not set, or where it may not be looked at. */
export function allowedVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
