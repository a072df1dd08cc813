import { expect, it } from "vitest";
import { aboutOf } from "../../src/own/own-fact.ts";
import { facts } from "./facts.ts";

it("is about an output, a source, or neither, never both", () => {
  expect(aboutOf(facts.output_held)).toEqual({ output: "splunk", source: "" });
  expect(aboutOf(facts.first_dead_letter)).toEqual({ output: "splunk", source: "" });
  expect(aboutOf(facts.gap_found)).toEqual({ output: "", source: "prod" });
  expect(aboutOf(facts.daily_summary)).toEqual({ output: "", source: "" });
});
