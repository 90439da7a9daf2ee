/**
 * The right side of an equation whose left side is beyond the grammar, as an integral or a limit.
 *
 * @module
 */

/** What a name or formula of LaTeX may consist of; quotes and the like are of programs. */
const OF_FORMULAS = /^[\w\s\\{}()[\]|^+\-*/.,:;!'<>=&~∞π]*$/;

/** What follows the last `=` outside of braces, where a formula with a command stands before it, or what was asked. */
export function rightSide(text: string, question = ""): string | undefined {
  let depth = 0;
  let at = -1;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "\\") i++;
    else if (char === "{") depth++;
    else if (char === "}") depth--;
    else if (char === "=" && depth === 0) {
      if (/[=<>!:]/.test(text[i - 1] ?? "") || /[=>]/.test(text[i + 1] ?? "")) return undefined;
      at = i;
    }
  }
  const left = text.slice(0, at);
  if (at < 1) return undefined;
  const asked = left.trim().length > 2 && question.includes(left.trim());
  if (!asked && (!/\\[a-zA-Z]/.test(left) || !OF_FORMULAS.test(left))) return undefined;
  const right = text.slice(at + 1).trim();
  return right === "" ? undefined : right;
}
