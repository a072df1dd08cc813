import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { program } from "../../src/command/program.ts";
import { outputKinds } from "../../src/output/all.ts";
import { fakeTerminal } from "./fake-terminal.ts";

test("prints the schema that is in config/, which knows every type and marks secrets", async () => {
  const terminal = fakeTerminal();
  expect(await program(["schema"], terminal)).toBe(0);
  const printed = terminal.out();
  expect(printed).toBe(readFileSync(new URL("../../config/config.schema.json", import.meta.url), "utf8"));
  const schema = JSON.parse(printed);
  const outputs: { properties: { type: { const: string }; token?: object } }[] =
    schema.properties.outputs.items.anyOf;
  expect(outputs.map(({ properties }) => properties.type.const).sort()).toEqual(
    outputKinds.map(({ type }) => type).sort(),
  );
  expect(
    outputs.find(({ properties }) => properties.type.const === "splunk_hec")?.properties.token,
  ).toMatchObject({ writeOnly: true });
  expect(schema.additionalProperties).toBe(false);
});

test("a reference may stand where a number or a fixed word stands", async () => {
  const terminal = fakeTerminal();
  await program(["schema"], terminal);
  const level = JSON.parse(terminal.out()).properties.log.properties.level;
  expect(level.anyOf).toEqual([
    { type: "string", enum: ["trace", "debug", "info", "warn", "error"] },
    { type: "string", pattern: "\\$\\{.+\\}" },
  ]);
});
