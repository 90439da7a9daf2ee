import { assertEquals } from "@std/assert";
import { gradeReleaseString } from "../../src/grading/release_string.ts";

const raw = String.raw;

/** Labelled by following the rule's steps by hand. */
const TABLE: readonly (readonly [text: string, gold: string, equal: boolean])[] = [
  [raw`\boxed{5}`, "5", true],
  [raw`\boxed{1} \boxed{5}`, "5", true],
  [raw`<think>\boxed{5}`, "5", true],
  ["5", "5", false],
  [raw`\boxed{05}`, "5", false],
  [raw`\boxed{5.0}`, "5", false],
  [raw`\boxed{\frac12}`, raw`\frac{1}{2}`, true],
  [raw`\boxed{\dfrac{1}{2}}`, raw`\tfrac{1}{2}`, true],
  [raw`\boxed{1/2}`, raw`\frac{1}{2}`, true],
  [raw`\boxed{01/2}`, raw`\frac{1}{2}`, false],
  [raw`\boxed{0.5}`, raw`\frac{1}{2}`, true],
  [raw`\boxed{.5}`, raw`\frac{1}{2}`, true],
  [raw`\boxed{0.25}`, raw`\frac{1}{4}`, false],
  [raw`\boxed{x=5}`, "5", true],
  [raw`\boxed{abc=5}`, "5", false],
  [raw`\boxed{5\text{ cm}}`, "5", true],
  [raw`\boxed{5 \text{cm}}`, "5", false],
  [raw`\boxed{5^\circ}`, "5", true],
  [raw`\boxed{\$5}`, "5", true],
  [raw`\boxed{5\%}`, "5", true],
  [raw`\boxed{\sqrt3}`, raw`\sqrt{3}`, true],
  [raw`\boxed{\left( 1, 2 \right)}`, "(1,2)", true],
  [raw`\fbox{5}`, "5", false],
  [raw`\boxed{5`, "5", false],
  [raw`$\boxed 5$`, "5", true],
  [raw`\boxed{1\text{ a}\text{ b}}`, "1", false],
  [raw`\boxed{1\text{ a}\text{ b}}`, raw`1\text{ a}\text{ b}`, true],
];

Deno.test("the released rule compares the last box as normalised text", () => {
  for (const [text, gold, equal] of TABLE) {
    assertEquals(gradeReleaseString(text, gold).equal, equal, `${text} against ${gold}`);
  }
});
