import { assertEquals } from "@std/assert";
import { prepareEnvironment, productPrecision, TENSORFLOW_VARIABLES } from "../../src/tensorflow/environment.ts";

Deno.test({
  name: "settings are made where there are none, and a user's own stay",
  ignore: TENSORFLOW_VARIABLES.some((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state !== "granted"
  ),
  fn: () => {
    const before = TENSORFLOW_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
    TENSORFLOW_VARIABLES.forEach((name) => Deno.env.delete(name));
    Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "0");
    prepareEnvironment();
    const found = TENSORFLOW_VARIABLES.map((name) => Deno.env.get(name));
    assertEquals(found.filter((value) => value === undefined), []);
    assertEquals(Deno.env.get("TF_CPP_MIN_LOG_LEVEL"), "0");
    for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  },
});

Deno.test({
  name: "without the permission nothing is set and nothing fails",
  permissions: { env: false },
  fn: () => prepareEnvironment(),
});

Deno.test({
  name: "products are said to be float32 only where NVIDIA's libraries were told so",
  ignore: Deno.permissions.querySync({ name: "env", variable: "NVIDIA_TF32_OVERRIDE" }).state !== "granted",
  fn: () => {
    const before = Deno.env.get("NVIDIA_TF32_OVERRIDE");
    for (const [value, precision] of [["0", "float32"], ["1", "TF32 where the card has it"]]) {
      Deno.env.set("NVIDIA_TF32_OVERRIDE", value);
      assertEquals(productPrecision(), precision);
    }
    before === undefined ? Deno.env.delete("NVIDIA_TF32_OVERRIDE") : Deno.env.set("NVIDIA_TF32_OVERRIDE", before);
  },
});
