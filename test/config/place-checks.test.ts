import { expect, test } from "vitest";
import { allKinds } from "../../src/config/load.ts";
import { around, loadText, problemsIn } from "./load-text.ts";

const api = 'type: wandb_api, url: "https://acme.example", api_key: x';
const siem = 'type: splunk_hec, url: "https://b.example", token: x';

/** A configuration of sources and outputs that have these keys. */
function configured(sources: readonly string[], outputs: readonly string[]): string {
  const list = (all: readonly string[]) =>
    `[${all.map((keys, at) => `{ name: n${at}, ${keys} }`).join(", ")}]`;
  return `state_dir: /var/lib/state\nsources: ${list(sources)}\noutputs: ${list(outputs)}\n`;
}

/** What is wrong with it. */
function found(sources: readonly string[], outputs: readonly string[]): string[] {
  return problemsIn(configured(sources, outputs), { ...around, kinds: allKinds });
}

/** What of it is warned of, where places are meant. */
function warned(sources: readonly string[], outputs: readonly string[]): string[] {
  const { warnings } = loadText(configured(sources, outputs), { ...around, kinds: allKinds });
  return warnings
    .map(({ path, message, hint }) => `${path}: ${message} (${hint})`)
    .filter((text) => /state_dir|reads the same/.test(text));
}
const ofOutputs = (...outputs: string[]) => found([api], [siem, ...outputs]);
const bucket = (url: string, more = "") => `type: bucket, instance: a.example, url: ${url}${more}`;

test("two outputs that would be in each other's way must not write to one place", () => {
  const file = (path: string) => `type: file, path: ${path}`;
  const archive = (url: string, more = "") => `type: archive, url: "${url}"${more}`;
  const same = /: outputs\[1\] writes to the same place \(each would find/;
  expect(ofOutputs(file("/a/x"), file("/a/y"), "type: stdout", "type: stdout")).toEqual([]);
  expect(ofOutputs(file("/a/x"), file("/a/y"), file("/a/x"))).toEqual([expect.stringMatching(same)]);
  expect(ofOutputs(archive("file:///a"), archive("file:///a/"))).toEqual([expect.stringMatching(same)]);
  // What they pack their files as makes no other place of it.
  expect(ofOutputs(archive("s3://a/b"), archive("s3://a/b", ", files: parquet"))).toEqual([
    expect.stringMatching(same),
  ]);
  expect(
    ofOutputs(
      archive("file:///a"),
      archive("file:///a/b"),
      archive("s3://a/b"),
      archive("s3://a/c"),
      archive("gs://a/b"),
      archive("s3://a/b", ', endpoint: "https://store.example"'),
      archive("s3://a/b", ', endpoint: "https://other.example"'),
    ),
  ).toEqual([]);
});

test("outputs that write into state_dir are warned of", () => {
  const into = (...outputs: string[]) => warned([api], [siem, ...outputs]);
  const place = /^outputs\[1\]: it writes into state_dir, \/var\/lib\/state \(name a folder beside it/;
  for (const keys of [
    "type: file, path: /var/lib/state/spool.db",
    "type: file, path: /var/lib/state/out/audit.ndjson",
    "type: archive, url: file:///var/lib/state",
    "type: archive, url: file:///var/lib/state/archive",
  ])
    expect(into(keys)).toEqual([expect.stringMatching(place)]);
  expect(into("type: file, path: /var/lib/state2/x", "type: archive, url: file:///var/lib")).toEqual([]);
});

test("sources that read the same are warned of, under one instance or two", () => {
  const ofSources = (...sources: string[]) => warned(sources, [siem]);
  const file = (path: string, instance: string) => `type: file, path: "${path}", instance: ${instance}`;
  const same = /^sources\[1\]: sources\[0\] reads the same \(it is read twice/;
  expect(ofSources(file("/a/x", "a"), file("/a/./x", "b"))).toEqual([expect.stringMatching(same)]);
  expect(ofSources(file("-", "a"), file("-", "b"))).toEqual([expect.stringMatching(same)]);
  expect(ofSources(bucket("s3://a/b"), bucket("s3://a/b/"))).toEqual([expect.stringMatching(same)]);
  expect(
    ofSources(
      file("/a/x", "a"),
      file("/a/y", "a"),
      file("/a/*", "a"),
      bucket("s3://a/b"),
      bucket("s3://a/c"),
      bucket("s3://a/b", ', endpoint: "https://store.example"'),
    ),
  ).toEqual([]);
});

test("no source reads what an output writes", () => {
  const circle = /: sources\[0\]: it would read what outputs\[0\] writes \(every event would be read again/;
  const file = (path: string) => `type: file, path: "${path}", instance: a.example`;
  const archive = "type: archive, url: file:///srv/audit";
  for (const [source, output] of [
    [file("/a/x"), "type: file, path: /a/x"],
    [file("/a/*"), "type: file, path: /a/x"],
    [file("/a/x.*Z"), "type: file, path: /a/x"],
    [file("/srv/**/*.ndjson.gz"), archive],
    [bucket("s3://a"), "type: archive, url: s3://a/b"],
    [bucket("s3://a/b"), "type: archive, url: s3://a/b"],
  ] as const)
    expect(found([source], [output]), source).toEqual([expect.stringMatching(circle)]);
  for (const [source, output] of [
    [file("/a/*.gz"), "type: file, path: /a/x"],
    [file("/srv/*.ndjson.gz"), archive],
    [bucket("s3://a/wandb"), "type: archive, url: s3://a/archive"],
    [bucket("s3://a"), 'type: archive, url: s3://a/b, endpoint: "https://store.example"'],
    // It has the uids under which its records were stored.
    ["type: archive, url: file:///srv/audit, instance: a.example", archive],
    [file("-"), "type: stdout"],
  ] as const)
    expect(found([source], [output]), source).toEqual([]);
});
