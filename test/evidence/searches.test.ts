import { expect, it } from "vitest";
import { searchFor, searchLanguages } from "../../src/evidence/searches.ts";

const day = 20_666;

it.each(searchLanguages)("%s counts the events of one day of one instance, and its uids", (language) => {
  const text = searchFor(language, { instance: "acme.wandb.io", day });
  expect(text).toContain("acme.wandb.io");
  expect(text).toMatch(
    language === "splunk" ? /earliest=1785542400 latest=1785628800/ : /2026-08-01.*2026-08-02/s,
  );
  expect(text).toMatch(/events[\s\S]*uids|uids[\s\S]*events/);
});

it("is written for the fields that the formats have", () => {
  const text = (language: (typeof searchLanguages)[number]) => searchFor(language, { instance: "acme", day });
  expect(text("splunk")).toContain("BY event_uid");
  expect(text("elastic")).toContain("BY event.id");
  expect(text("kql")).toContain("by ExtID");
  expect(text("otel")).toContain("LogAttributes['log.record.uid']");
  expect(searchFor("splunk", { instance: "acme", day, index: "wandb" })).toMatch(/^index=wandb /);
});

it.each(searchLanguages)("%s cannot be left by an instance's name", (language) => {
  const text = searchFor(language, { instance: `a" or '1'='1\\`, day });
  expect(text).toContain(language === "otel" ? `a" or \\'1\\'=\\'1\\\\'` : `"a\\" or '1'='1\\\\"`);
});
