/**
 * Packages of a Python: PYTHON, or python3. Which of them are missing is said where a test skips.
 *
 * @module
 */

const PYTHON = Deno.env.get("PYTHON") ?? "python3";

/**
 * What a Python program prints; undefined where it fails, which is then told. It runs in the folder HOME where one is given:
 * some packages write logs of their own there.
 */
export async function python(args: readonly string[], env: Record<string, string> = {}): Promise<string | undefined> {
  const { success, stdout, stderr } = await ended(args, env);
  if (!success) console.error(new TextDecoder().decode(stderr));
  return success ? new TextDecoder().decode(stdout) : undefined;
}

/** Whether a package is missing, which is said loudly. */
export async function lacks(name: string): Promise<boolean> {
  const found = await ended(["-c", `import ${name}`], {}).then(({ success }) => success, () => false);
  if (!found) console.warn(`SKIPPED: what ${name} reads; ${PYTHON} does not have it, set PYTHON`);
  return !found;
}

async function ended(args: readonly string[], env: Record<string, string>): Promise<Deno.CommandOutput> {
  return await new Deno.Command(PYTHON, { args: [...args], env, ...(env.HOME !== undefined && { cwd: env.HOME }) })
    .output();
}
