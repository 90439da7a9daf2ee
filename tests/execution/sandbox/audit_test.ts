import { assertEquals } from "@std/assert";
import { auditAnswer } from "../../../src/execution/sandbox/audit.ts";

/** An event whose second argument is a text. */
const second = (text: string) => (index: number) => index === 1 ? text : unread();
const unread = (): never => {
  throw new Error("no attribute is read");
};

Deno.test("what leads to the tests' frames or out of the interpreter is refused or denied, all else allowed", () => {
  for (const event of ["sys.settrace", "code.__new__", "os.system", "socket.connect", "ctypes.dlopen"]) {
    assertEquals(auditAnswer(event, unread), "refused", event);
  }
  assertEquals(auditAnswer("sys._getframe", unread), "denied");
  for (const event of ["compile", "exec", "open", "os.listdir", "time.sleep", "sys._getframemodulename"]) {
    assertEquals(auditAnswer(event, unread), "allowed", event);
  }
});

Deno.test("doors to JavaScript are refused by the first part of their name", () => {
  const answer = (module: string) => auditAnswer("import", (index) => index === 0 ? module : unread());
  assertEquals(["js", "pyodide.code", "_pyodide_core"].map(answer), ["refused", "refused", "refused"]);
  assertEquals(["json", "os.path", "x.js", ""].map(answer), ["allowed", "allowed", "allowed", "allowed"]);
});

Deno.test("attributes that hold frames are not read, those that hold code not written", () => {
  assertEquals(auditAnswer("object.__getattr__", second("tb_frame")), "denied");
  assertEquals(auditAnswer("object.__getattr__", second("__code__")), "allowed");
  assertEquals(auditAnswer("object.__setattr__", second("__code__")), "refused");
  assertEquals(auditAnswer("object.__setattr__", second("__defaults__")), "allowed");
});
