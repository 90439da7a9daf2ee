import { assertEquals } from "@std/assert";

interface Declaration {
  readonly kind: string;
  readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly { readonly kind: string }[] };
}

interface Documentation {
  readonly nodes: Readonly<
    Record<string, { readonly symbols: readonly { readonly name: string; readonly declarations: Declaration[] }[] }>
  >;
}

/** What `deno doc` makes of the public API. */
async function documentation(): Promise<Documentation> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["doc", "--json", "mod.ts"], stderr: "null" })
    .output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("every function of the public API has an example, which the tests of the docs run", async () => {
  const symbols = Object.values((await documentation()).nodes).flatMap((file) => file.symbols);
  const functions = symbols.flatMap(({ name, declarations }) =>
    declarations.filter(({ kind }) => kind === "function").map(({ jsDoc }) => ({ name, tags: jsDoc?.tags ?? [] }))
  );
  assertEquals(functions.length > 30, true);
  assertEquals(
    functions.filter(({ tags }) => !tags.some(({ kind }) => kind === "example")).map(({ name }) => name),
    [],
  );
});
