import { assertEquals } from "@std/assert";
import { escapeText, markup, markupOf } from "../../src/report/markup.ts";

Deno.test("whatever is put into a template is text, unless it is markup already", () => {
  const name = `<img src=x onerror="alert('1')">&`;
  assertEquals(
    String(markup`<b title="${name}">${name}</b>`),
    '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
      "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</b>",
  );
  assertEquals(
    String(markup`<p>${markup`<i>${"<"}</i>`}${[1, "&", markupOf("<hr>")]}${undefined}</p>`),
    "<p><i>&lt;</i>1&amp;<hr></p>",
  );
});

Deno.test("characters that hide or reorder text are shown by their code", () => {
  assertEquals(escapeText("a\u202eb\u0000c\u001b[2J\ud800"), "a⟨U+202E⟩b⟨U+0000⟩c⟨U+001B⟩[2J⟨U+D800⟩");
  assertEquals(escapeText("tab\tline\nΔ 算 👩‍🔬"), "tab\tline\nΔ 算 👩‍🔬");
});
