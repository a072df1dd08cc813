import { describe, expect, it } from "vitest";
import { bucketSchema } from "../../../src/source/bucket/config.ts";

const parse = (changes: Record<string, unknown>) =>
  bucketSchema.safeParse({
    ...{
      name: "archive",
      type: "bucket",
      url: "s3://logs/wandb-audit-logs",
      instance: "acme.wandb.io",
      ...changes,
    },
  });
const problemsOf = (changes: Record<string, unknown>) =>
  parse(changes).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("the configuration of a bucket", () => {
  it.each([
    ["s3://logs", "s3", "", "logs", ""],
    ["s3://logs/", "s3", "", "logs", ""],
    ["s3://logs/a/b//", "s3", "", "logs", "a/b/"],
    ["gs://my_logs.example/a b/日", "gs", "", "my_logs.example", "a b/日/"],
    ["az://account/container/a", "az", "account", "container", "a/"],
    ["az://account/$web", "az", "account", "$web", ""],
  ])("understands %s", (url, store, account, bucket, prefix) => {
    expect(parse({ url }).data?.url).toEqual({ store, account, bucket, prefix });
  });

  it.each(["tls", "proxy", "proxy_tls"])("says of %s what does it for the vendor's SDK", (key) => {
    expect(problemsOf({ [key]: {} })).toEqual([
      expect.stringMatching(/NODE_EXTRA_CA_CERTS.*HTTPS_PROXY.*NO_PROXY/),
    ]);
    expect(problemsOf({ nonsense: 1 })).toEqual([expect.stringContaining("Unrecognized key")]);
  });

  it.each([
    "s3:/logs",
    "s3://",
    "az://account",
    "https://logs",
    "s3://key:secret@logs",
    "s3://logs?x=1",
    "s3://-x",
  ])("refuses %s", (url) => {
    expect(problemsOf({ url })).toEqual([expect.stringContaining("url: not a bucket")]);
  });

  it("names keys that belong to another store, or together", () => {
    expect(problemsOf({ key_file: "/key.json", sas_token: "abcdef" })).toEqual([
      "key_file: belongs to gs:// and not to s3://",
      "sas_token: belongs to az:// and not to s3://",
    ]);
    expect(problemsOf({ access_key_id: "id" })).toEqual([expect.stringContaining("belong together")]);
  });

  it("wants an instance, and TLS on the way to other machines", () => {
    expect(problemsOf({ instance: undefined })).toEqual([expect.stringContaining("instance:")]);
    expect(problemsOf({ endpoint: "http://store.example:9000" })).toEqual([
      expect.stringContaining("endpoint: http:// shows the log"),
    ]);
    expect(problemsOf({ endpoint: "http://store.example:9000", allow_plaintext: true })).toEqual([]);
    expect(problemsOf({ endpoint: "http://127.0.0.1:9000" })).toEqual([]);
  });
});
