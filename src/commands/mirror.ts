/**
 * The mirror that downloads are taken from where no `--mirror` names one.
 *
 * @module
 */

/** The variable that names it, as tests and CI set it. */
export const MIRROR_VARIABLE = "SOFT_GRPO_BENCH_MIRROR";

/** The mirror of this process's environment; undefined where none is set, or where it may not be looked at. */
export function mirrorOfEnvironment(): string | undefined {
  const permission = { name: "env", variable: MIRROR_VARIABLE } as const;
  return Deno.permissions.querySync(permission).state === "granted" ? Deno.env.get(MIRROR_VARIABLE) : undefined;
}
