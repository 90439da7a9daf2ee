import { assertEquals } from "@std/assert";
import { networkFacts } from "../../src/doctor/network.ts";

Deno.test({
  name: "hosts that may not be reached are named, with what to do",
  // What is allowed is decided here, so the test needs no network.
  permissions: { net: false, read: true },
  fn: async () => {
    const facts = await networkFacts();
    assertEquals(facts.map(({ state }) => state), facts.map(() => "absent"));
    assertEquals(new Set(facts.map(({ fix }) => fix)).size, 1);
  },
});
