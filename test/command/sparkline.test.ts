import { expect, it } from "vitest";
import { sparkline } from "../../src/command/sparkline.ts";

it("is as high as the greatest value that a character stands for", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, true)).toBe("·▁▂▃▄▅▆▇█");
  expect(sparkline([1, 8, 0, 0, 4, 1], 3, true)).toBe("█·▄");
  expect(
    sparkline(
      Array.from({ length: 180 }, (_, at) => (at === 179 ? 1 : 0)),
      30,
      true,
    ),
  ).toMatch(/^·{29}█$/);
});

it("is blank where nothing was measured, and plain where the terminal speaks no UTF-8", () => {
  expect(sparkline([null, 0, null, 8], 4, true)).toBe(" · █");
  expect(sparkline([null, 0, 1, 8], 4, false)).toBe(" _.@");
  expect(sparkline([], 4, true)).toBe("");
});

it("makes no mountain of what is less than its scale", () => {
  expect(sparkline([1, 2], 2, true, 10)).toBe("▁▂");
  expect(sparkline([1, 20], 2, true, 10)).toBe("▁█");
});
