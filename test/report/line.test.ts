import { expect, it } from "vitest";
import { fixField, fixText } from "../../src/report/line.ts";

it("a fix is a sentence of its own in the text, and a field only where there is one", () => {
  expect(fixText("check the port.")).toBe(" Fix: check the port.");
  expect(fixText("check the port")).toBe(" Fix: check the port.");
  expect(fixText(undefined)).toBe("");
  expect([fixField("check"), fixField(undefined)]).toEqual([{ fix: "check" }, {}]);
});
