import { describe, expect, it } from "vitest";
import { withParts } from "../../bin/marked-parts.ts";

const page = "# A\n\n<!-- made: one -->\nold\n<!-- end -->\n\nby hand\n<!-- made: two -->\n<!-- end -->\n";

describe("a page with parts that are made", () => {
  it("has these anew, and all else as it was", () => {
    expect(withParts(page, { one: "| 1 |\n| $& |", two: "2" })).toBe(
      "# A\n\n<!-- made: one -->\n| 1 |\n| $& |\n<!-- end -->\n\nby hand\n<!-- made: two -->\n2\n<!-- end -->\n",
    );
  });

  it("is the same when they are made once more", () => {
    const once = withParts(page, { one: "1", two: "2" });
    expect(withParts(once, { one: "1", two: "2" })).toBe(once);
  });

  it("is none where a part has no place, or a place no part", () => {
    expect(() => withParts(page, { one: "1", two: "2", three: "3" })).toThrow("no place for three");
    expect(() => withParts(page, { one: "1" })).toThrow("nothing makes two");
  });
});
