import { assertEquals } from "@std/assert";
import {
  coverageOf,
  coverageText,
  isPart,
  isPartOfPublished,
  publishedSize,
  totalCoverage,
} from "../../src/result/coverage.ts";
import { exampleResult } from "./example.ts";

Deno.test("a dataset that the registry knows has its size, whether or not the file says it", () => {
  assertEquals(publishedSize("gsm8k"), 1319);
  assertEquals(publishedSize("aime2024+errata1"), 30);
  assertEquals([publishedSize("arith-add"), publishedSize("mine")], [undefined, undefined]);
  const of = (name: string, of: number | null) => coverageOf({ name, coverage: { scored: 7, of } });
  assertEquals([of("gsm8k", null), of("gsm8k", 11), of("mine", null)], [
    { scored: 7, of: 1319 },
    { scored: 7, of: 11 },
    { scored: 7, of: null },
  ]);
});

Deno.test("a part is said with the whole", () => {
  assertEquals(
    [{ scored: 40, of: 1319 }, { scored: 1319, of: 1319 }, { scored: 1319, of: null }].map((own) => [
      isPart(own),
      coverageText(own),
    ]),
    [[true, "40 of 1,319"], [false, "1,319"], [false, "1,319"]],
  );
  assertEquals(totalCoverage([{ scored: 40, of: 200 }, { scored: 30, of: 30 }, { scored: 5, of: null }]), {
    scored: 75,
    of: 235,
  });
});

Deno.test("only of datasets that others report scores of is a part mistaken for the whole", () => {
  const { datasets: [first] } = exampleResult();
  const on = (name: string, scored: number, of: number | null) =>
    isPartOfPublished({ datasets: [first, { ...first, name, coverage: { scored, of } }] });
  assertEquals([on("gsm8k", 40, 1319), on("gsm8k", 40, null), on("gsm8k", 1319, null), on("arith-sub", 40, 200)], [
    true,
    true,
    false,
    false,
  ]);
});
