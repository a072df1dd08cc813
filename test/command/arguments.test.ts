import { describe, expect, it } from "vitest";
import { collected, durationArgument, portNumber, wholeNumber } from "../../src/command/arguments.ts";

describe("arguments of the command line", () => {
  it("durations have a unit", () => {
    expect(durationArgument("30s")).toBe(30_000);
    for (const text of ["30", "", "-1s", "soon"])
      expect(() => durationArgument(text), text).toThrow("such as 30s");
  });

  it("whole numbers keep their bounds, and are nothing but digits", () => {
    expect(wholeNumber(1, 10)("10")).toBe(10);
    for (const text of ["0", "11", "1.5", "1e1", "0x1", "", " 1", "-1", "9".repeat(16)])
      expect(() => wholeNumber(1, 10)(text), text).toThrow("from 1 to 10");
    expect(portNumber("0")).toBe(0);
    expect(() => portNumber("65536")).toThrow("65535");
  });

  it("an option that is given again adds to what it had", () => {
    expect(collected("b", collected("a", undefined))).toEqual(["a", "b"]);
  });
});
