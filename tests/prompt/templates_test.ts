import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { PROMPT_TEMPLATES, promptTemplate } from "../../src/prompt/templates.ts";

Deno.test("every template asks the question once", () => {
  for (const [name, template] of Object.entries(PROMPT_TEMPLATES)) {
    assertEquals(promptTemplate(name), template);
    assertEquals(template.text.split("{Question}").length, 2, name);
  }
});

Deno.test("an unknown template names the nearest", () => {
  assertThrows(() => promptTemplate("step-by-stap"), UsageError, 'did you mean "step-by-step"?');
});
