import { assertEquals } from "@std/assert";
import { domainSuffix, resultDomain } from "../../src/result/domain.ts";
import { exampleResult } from "./example.ts";

Deno.test("a result is about the domain of its datasets", () => {
  const { datasets } = exampleResult();
  assertEquals(resultDomain({ datasets }), "mathematics");
  assertEquals(resultDomain({ datasets: datasets.map((own) => ({ ...own, kind: "python-tests" })) }), "out-of-domain");
  assertEquals(resultDomain({ datasets: [] }), "mathematics");
  assertEquals(
    [domainSuffix({ datasets }), domainSuffix({ datasets: datasets.map((own) => ({ ...own, kind: "python-tests" })) })],
    ["", ", out of domain"],
  );
});
