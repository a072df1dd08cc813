import { expect, it } from "vitest";
import { lineOf } from "../../src/report/line-of.ts";

it("says with what there is trouble", () => {
  expect(lineOf({ type: "control_socket", text: "opened again" })).toEqual({
    level: "warn",
    msg: "control socket: opened again",
    fields: { type: "control_socket", detail: "opened again" },
  });
  expect(lineOf({ type: "telemetry_trouble", text: "no answer" }).msg).toBe("own telemetry: no answer");
  expect(lineOf({ type: "view_failed", text: "the view /metrics failed" }).msg).toBe(
    "the view /metrics failed",
  );
});
