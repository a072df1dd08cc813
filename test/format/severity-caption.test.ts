import { expect, it } from "vitest";
import { severityCaption } from "../../src/format/severity-caption.ts";

it("has one of five words for every severity, and graver ones for graver severities", () => {
  const words = Array.from({ length: 11 }, (_, severity) => severityCaption(severity));
  expect(words.map(({ caption }) => caption)).toEqual([
    ...["Informational", "Informational", "Low", "Low", "Medium", "Medium", "Medium", "High", "High"],
    ...["Critical", "Critical"],
  ]);
  expect(words.map(({ id }) => id)).toEqual([1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5]);
});
