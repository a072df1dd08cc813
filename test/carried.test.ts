import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { carriedBy } from "../src/carried.ts";

const program = new URL("../src/main.ts", import.meta.url);

it("beside a file are the file itself, for a thread, and the content of the project", () => {
  const { program: ofThread, content } = carriedBy(program.href);
  expect(ofThread).toEqual(program);
  const detections = readdirSync(new URL("../content/detections/", import.meta.url));
  expect(content.names("detections")).toEqual(detections);
  expect(content.text("detections/team-deletion.yml")).toContain("title:");
});

it("a folder says which file it lacks", () => {
  const { content: folder } = carriedBy(program.href);
  expect(() => folder.text("nothing.yml")).toThrow(/ENOENT.*nothing\.yml/);
  expect(() => folder.names("nothing")).toThrow(/ENOENT/);
});
