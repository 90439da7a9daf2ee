/**
 * SECURITY.md against deno.json: every permission set is there with what it allows, and what the page says of commands holds.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { COMMANDS } from "../../src/cli/table.ts";
import { addedUp, CODE_SET, PERMISSION_SETS, type PermissionSet } from "../../src/doctor/permission_sets.ts";

const PAGE = Deno.readTextFileSync(new URL("../../SECURITY.md", import.meta.url));

/** `read `runs` `.data`; run `git``. */
function setText(set: PermissionSet): string {
  return Object.entries(set).map(([kind, allowed]) =>
    allowed === true ? `${kind} all` : `${kind} ${[allowed].flat().map((entry) => `\`${bare(entry)}\``).join(" ")}`
  ).join("; ");
}

function bare(entry: string | boolean): string {
  return String(entry).replace(/^\.\//, "");
}

Deno.test("the page's table has every permission set, in order, with what it allows", () => {
  const [, block] = /<!-- permissions:start -->([^]*)<!-- permissions:end -->/.exec(PAGE)!;
  const rows = block.trim().split("\n").slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(
    rows.map(([name, , may]) => [name, may]),
    Object.entries(PERMISSION_SETS).map(([name, set]) => [`\`${name}\``, setText(set)]),
  );
  for (const [name, of, , why] of rows) assert(of !== "" && why !== "", name);
});

Deno.test("the page names the commands that no network, native code or program is open to", () => {
  const [, list] = /^Commands without a network, native code or another program: ([^]*?)\.\n\n/m.exec(PAGE)!;
  const named = [...list.matchAll(/`([a-z:-]+)`/g)].map(([, name]) => name).filter((name) => name !== "fetch");
  const quiet = COMMANDS.filter((command) => {
    const { net, run, ffi } = addedUp([CODE_SET, ...[command.permissions({}, [])].flat()], "/");
    return [net, run, ffi].every((allowed = []) => Array.isArray(allowed) && allowed.length === 0);
  });
  assertEquals(named.sort(), quiet.map(({ name }) => name).sort());
});

Deno.test("the page names the tasks that run with all permissions", () => {
  const tasks = denoConfig.tasks as Readonly<Record<string, { readonly command: string }>>;
  const unbound = Object.keys(tasks).filter((name) => / -A\b/.test(tasks[name].command));
  const [, list] = /\n((?:`[a-z:]+`(?:, | and )?)+) run with all permissions/.exec(PAGE)!;
  assertEquals([...list.matchAll(/`([a-z:]+)`/g)].map(([, name]) => name).sort(), unbound.sort());
});
