import { assert, assertEquals, assertThrows } from "@std/assert";
import { chatRenderer } from "../../src/prompt/prompt.ts";
import { BenchError } from "../../src/errors.ts";
import { parseChatTemplate, templateDate } from "../../src/prompt/chat_template.ts";

const MESSAGES = { messages: [{ role: "user", content: "1+1" }], add_generation_prompt: true };

Deno.test("a chat template has the names and functions that those of the hub use", () => {
  const render = parseChatTemplate(
    "{%- set ns = namespace(n=0) -%}{%- for i in range(2, 8, 3) -%}{%- set ns.n = ns.n + i -%}{%- endfor -%}" +
      "{{ ns.n }}{% if True and not False and None is none %}!{% endif %} {{ strftime_now('%Y-%m-%d') }}" +
      "{% for message in messages %} {{ message['role'] }}: {{ message.content }}{% endfor %}" +
      "{% if add_generation_prompt %} assistant:{% endif %}",
  );
  assertEquals(render(MESSAGES), "7! 2024-07-26 user: 1+1 assistant:");
});

Deno.test("the date does not change with the day, whatever its form", () => {
  assertEquals(templateDate("%d %b %Y"), "26 Jul 2024");
  assertEquals(templateDate("%A, %-d %B %y, %-m/%d, 100%% %Q"), "Friday, 26 July 24, 7/26, 100% %Q");
  // 26 July 2024 was a Friday and the year's day 208.
  const date = new Date(Date.UTC(2024, 6, 26));
  assertEquals([date.getUTCDay(), (date.getTime() - Date.UTC(2023, 11, 31)) / 864e5], [5, 208]);
});

const HOSTILE: Readonly<Record<string, string>> = {
  "an endless range": "{% for i in range(100000000000) %}x{% endfor %}",
  "a range of no length": "{% for i in range(1, 2, 0) %}x{% endfor %}",
  "a range to nowhere": "{% for i in range(nothing) %}x{% endfor %}",
  "nested loops":
    "{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
  "a macro that calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
  "a text that doubles":
    "{% set ns = namespace(s='0123456789') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
  "a refusal of its own": "{{ raise_exception('System role not supported') }}",
  "no end": "{% for i in [1] %}",
  "an unknown filter": "{{ messages | launder }}",
  "a way out": "{{ messages.constructor.constructor('return Deno')() }}",
};

for (const [name, text] of Object.entries(HOSTILE)) {
  Deno.test(`a chat template with ${name} ends in one line`, () => {
    const { message } = assertThrows(() => parseChatTemplate(text)(MESSAGES), BenchError);
    assert(
      /^Cannot make prompts: the model's chat template cannot be (parsed|rendered): [^\n]+$/.test(message),
      message,
    );
  });
}

Deno.test("a machine that is busy for a moment stops no template, and one whose every step is long is stopped", () => {
  const text = "{% for i in range(37) %}{{ i }}{% endfor %}";
  /** A clock on which the step of that number takes so long, and others nothing. */
  const clockOf = (isLong: (step: number) => boolean) => {
    let [step, time] = [0, 0];
    return () => time += isLong(step++) ? 7000 : 0;
  };
  assert(parseChatTemplate(text, clockOf((step) => step === 11))(MESSAGES).endsWith("3536"));
  assert(parseChatTemplate(text, clockOf((step) => [3, 5, 7].includes(step)))(MESSAGES).endsWith("3536"));
  assertThrows(() => parseChatTemplate(text, clockOf(() => true))(MESSAGES), BenchError, "it takes more than 2 s");
});

Deno.test("a template that ends its lines as Windows does, or asks for tools, gives what transformers gives", () => {
  const rendered = chatRenderer("{%- if true %}\r\na\r\n{%- endif %}\r\nb\rc", {})("");
  assertEquals(rendered, "ab\nc");
  const template =
    "{% if tools is not none and tools | length %}T{% endif %}{% if documents is none %}D{% endif %}{{ messages[0].content }}";
  assertEquals(chatRenderer(template, {})("q"), "Dq");
});
