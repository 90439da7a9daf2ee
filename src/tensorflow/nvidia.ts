/**
 * What the NVIDIA driver says in `/proc`. Deno keeps that from all but programs with every permission, so `cat` may read it.
 *
 * @module
 */

const DRIVER_FOLDER = "/proc/driver/nvidia";

/** Version of the NVIDIA driver that is loaded, or undefined; nothing is found where neither way is permitted. */
export async function nvidiaDriver(folder: string = DRIVER_FOLDER): Promise<string | undefined> {
  const path = `${folder}/version`;
  const text = await Deno.readTextFile(path).catch(unlessAbsent) ?? await readByCat(path);
  return text && (/\b\d+\.\d+(?:\.\d+)?\b/.exec(text)?.[0] ?? "of unknown version");
}

/** Models of the cards that the driver has, e.g. `NVIDIA H100 80GB HBM3`. */
export async function nvidiaCards(folder: string = DRIVER_FOLDER): Promise<string[]> {
  const models: string[] = [];
  for (const name of await folderNames(`${folder}/gpus`)) {
    const text = await Deno.readTextFile(`${folder}/gpus/${name}/information`).catch(unlessAbsent);
    const model = /^Model:\s*(.+)$/m.exec(text ?? "");
    if (model !== null) models.push(model[1].trim());
  }
  return models;
}

async function readByCat(path: string): Promise<string | undefined> {
  const done = await new Deno.Command("cat", { args: [path], stderr: "null" }).output().catch(unlessAbsent);
  return done?.success ? new TextDecoder().decode(done.stdout) : undefined;
}

async function folderNames(path: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(path), (entry) => entry.name).catch(unlessAbsent);
  return names?.sort() ?? [];
}

/** A file that may not be read counts as absent: what is found out here only explains. */
function unlessAbsent(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound) && !(error instanceof Deno.errors.NotCapable)) throw error;
}
