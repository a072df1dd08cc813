// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { expect, test } from "vitest";
import { outputKinds } from "../../src/output/all.ts";
import { sourceKinds } from "../../src/source/all.ts";
import { loadText, problemsIn } from "./load-text.ts";

const kinds = { sources: sourceKinds, outputs: outputKinds };
const around = { kinds, environment: { KEY: "some-key-for-tests" } };

function config(...sources: string[]): string {
  return [
    "state_dir: /var/lib/forwarder",
    "sources:",
    ...sources.map((source) => `  - { ${source} }`),
    "outputs:",
    "  - { name: out, type: stdout }",
    "",
  ].join("\n");
}
const prod = 'name: prod, type: wandb_api, url: "https://acme.wandb.io", api_key: "${KEY}"';
const bucket = 'name: archive, type: bucket, url: "s3://acme/logs", instance: acme.wandb.io';
const file = 'name: export, type: file, path: "/srv/*.ndjson", instance: acme.wandb.io';

test("a witness of a primary of its instance is taken, whichever kind it is; without role a source delivers", () => {
  const loaded = loadText(config(prod, `${bucket}, role: verify`, `${file}, role: verify`), around);
  expect(loaded.sources.map(({ config: { role } }) => role)).toEqual(["primary", "verify", "verify"]);
  expect(problemsIn(config(`${prod}, role: verify`, bucket), around)).toEqual([]);
});

test("a witness without a primary of its instance is refused, with what would be one", () => {
  const other = bucket.replace("acme.wandb.io", "other.wandb.io");
  expect(problemsIn(config(prod, `${other}, role: verify`), around)).toEqual([
    expect.stringMatching(
      /^4:\d+: sources\[1\]\.role: no primary source reads the instance other\.wandb\.io, whose witness this would be\n? *.*acme\.wandb\.io/s,
    ),
  ]);
});

test("a configuration in which every source is a witness is refused, once", () => {
  expect(problemsIn(config(`${prod}, role: verify`, `${bucket}, role: verify`), around)).toEqual([
    expect.stringContaining("every source is a witness (role: verify), and nothing would be delivered"),
  ]);
});

test("standard input is no witness, as it has no days", () => {
  const stdin = 'name: input, type: file, path: "-", instance: acme.wandb.io, role: verify';
  expect(problemsIn(config(prod, stdin), around)).toEqual([
    expect.stringContaining("a witness is asked for single days, and this source has none: standard input"),
  ]);
});

test("a role that is none is refused with those that there are", () => {
  expect(problemsIn(config(prod, `${bucket}, role: witness`), around)).toEqual([
    expect.stringContaining("sources[1].role: must be one of primary, verify"),
  ]);
});
