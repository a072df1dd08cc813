import { expect, it } from "vitest";
import { archiveKind } from "../../../src/output/archive/kind.ts";

const problemsOf = (changes: Record<string, unknown>) =>
  archiveKind.schema
    .safeParse({ name: "a", type: "archive", url: "s3://logs/audit", ...changes })
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

it("takes buckets of all three stores, and a directory", () => {
  for (const url of ["s3://logs/audit", "gs://logs", "az://account/logs/a", "file:///srv/audit"])
    expect(problemsOf({ url })).toEqual([]);
  expect(problemsOf({ url: "ftp://x" })).toEqual([expect.stringContaining("not the place of an archive")]);
});

it("names keys that mean nothing there", () => {
  const file = { url: "file:///srv/audit" };
  expect(problemsOf({ ...file, retain: "6y", region: "eu" })).toEqual([
    "region: belongs to a bucket and not to file://",
    "retain: belongs to a bucket and not to file://",
  ]);
  expect(problemsOf({ key_file: "/k" })).toEqual(["key_file: belongs to gs:// and not to s3://"]);
  expect(problemsOf({ prove_key_file: "/k" })).toEqual(["prove_key_file: belongs to gs:// and not to s3://"]);
  expect(problemsOf({ lock: "governance" })).toEqual(["lock: means nothing without retain"]);
  expect(problemsOf({ prove_access_key_id: "x" })).toEqual([expect.stringContaining("belong together")]);
  expect(problemsOf({ endpoint: "http://store.example" })).toEqual([
    expect.stringContaining("endpoint: http:// shows the log"),
  ]);
});
