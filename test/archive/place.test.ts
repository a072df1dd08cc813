import { expect, it } from "vitest";
import { archivePlaceOf, placeText } from "../../src/archive/place.ts";

it.each([
  ["file:///srv/audit", "/srv/audit"],
  ["file:///srv/audit//", "/srv/audit"],
  ["file:///srv/a b", "/srv/a b"],
])("%s is a directory", (text, directory) => {
  const place = archivePlaceOf(text);
  expect(place).toEqual({ store: "file", directory });
  expect(typeof place === "string" ? "" : placeText(place)).toBe(`file://${directory}`);
});

it.each([
  "file://srv/audit",
  "/srv/audit",
  "file:///",
  "file:///a/../b",
  "file:///a//b",
  "file:///a?b",
  "http://a/b",
])("%s is none, in words", (text) => {
  expect(archivePlaceOf(text)).toBeTypeOf("string");
});
