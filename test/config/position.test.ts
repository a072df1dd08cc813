import { describe, expect, it } from "vitest";
import { Places, pathText } from "../../src/config/position.ts";

describe("pathText", () => {
  it("writes a path as people do", () => {
    expect(pathText(["outputs", 0, "tls", "ca"])).toBe("outputs[0].tls.ca");
    expect(pathText([])).toBe("");
  });

  it("shortens what is long and shows what is odd, because a key may be anything", () => {
    expect(pathText(["a*b"])).toBe('"a*b"');
    expect(pathText(["\u202eé\n"])).toBe('"\\u202e\\u00e9\\n"');
    expect(pathText(["x".repeat(41)])).toBe(`"${"x".repeat(40)}…"`);
    expect(pathText(["outputs", 0, "token:a-secret:more"])).toBe('outputs[0]."token:…"');
    expect(pathText(["token=a-secret"])).toBe('"token=…"');
    expect(pathText(["token a-secret"])).toBe('"token …"');
  });
});

describe("Places", () => {
  const places = new Places();
  places.setKey(["outputs"], { line: 3, column: 1 });
  places.setValue(["outputs"], { line: 4, column: 3 });
  places.setValue(["outputs", 0], { line: 4, column: 5 });
  places.setKey(["outputs", 0, "url"], { line: 5, column: 7 });
  places.setValue(["outputs", 0, "url"], { line: 5, column: 12 });

  it("knows where a key and its value stand", () => {
    expect(places.ofKey(["outputs", 0, "url"])).toEqual({ line: 5, column: 7 });
    expect(places.ofValue(["outputs", 0, "url"])).toEqual({ line: 5, column: 12 });
  });

  it("leads to what should hold something that is missing", () => {
    expect(places.ofValue(["outputs", 0, "token"])).toEqual({ line: 4, column: 5 });
    expect(places.ofValue(["outputs", 9])).toEqual({ line: 3, column: 1 });
    expect(places.ofKey(["sources"])).toEqual({ line: 1, column: 1 });
  });
});
