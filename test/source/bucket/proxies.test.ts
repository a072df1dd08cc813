import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { bucketKind } from "../../../src/source/bucket/kind.ts";
import { Keeper, line, noon, seeded, today } from "../wandb-api/reading.ts";
import { type Bucket, bucket } from "./reading-buckets.ts";

const variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

beforeEach(() => {
  for (const name of variables.flatMap((each) => [each, each.toLowerCase()])) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** A proxy that takes every host for the stand-in, and remembers which were asked for. */
async function proxyTo(port: number) {
  const asked = new Set<string>();
  const proxy = createServer((incoming, outgoing) => {
    const { host, pathname, search } = new URL(incoming.url ?? "", "http://none.invalid");
    asked.add(host);
    const { method, headers } = incoming;
    const forwarded = { host: "127.0.0.1", port, path: pathname + search, method, headers };
    const onward = request(forwarded, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { asked, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}

function source({ clock }: Bucket, config: Record<string, unknown>, environment: Record<string, string>) {
  const given = { name: "archive", type: "bucket", instance: "test", allow_plaintext: true, ...config };
  const made = bucketKind.create(bucketKind.schema.parse(given), {
    ...{ clock, agent: { name: "test", version: "1" }, environment, random: seeded(2) },
  });
  onTestFinished(() => made.close());
  return made;
}

describe.each([
  [
    "s3",
    (host: string) => ({
      ...{ url: "s3://logs/wandb-audit-logs", endpoint: `http://${host}` },
      ...{ access_key_id: "id", secret_access_key: "secret-0123456789" },
    }),
  ],
  [
    "az",
    (host: string) => ({
      ...{ url: "az://acme/logs/wandb-audit-logs", endpoint: `http://${host}/acme` },
      ...{ account_key: "c2VjcmV0LTAxMjM0NTY3ODk=" },
    }),
  ],
] as const)("a bucket of %s", (scheme, configOf) => {
  it("is read through the proxy that the environment names", async () => {
    const { server, store, ...made } = await bucket(scheme);
    onTestFinished(() => made.close());
    store.put("wandb-audit-logs/day.json", Buffer.from(`${line(today, 1)}\n`), noon);
    const { asked, url } = await proxyTo(Number(new URL(server.url).port));
    vi.stubEnv("HTTP_PROXY", url);
    const config = configOf("store.example:9000");
    const keeper = new Keeper(source({ server, store, ...made }, config, { HTTP_PROXY: url }));
    expect(await keeper.poll()).toHaveLength(1);
    expect([...asked]).toEqual(["store.example:9000"]);
  });
});

it("a bucket of s3 on this machine is read without the proxy", async () => {
  const made = await bucket("s3");
  onTestFinished(() => made.close());
  made.store.put("wandb-audit-logs/day.json", Buffer.from(`${line(today, 1)}\n`), noon);
  const { asked, url } = await proxyTo(Number(new URL(made.server.url).port));
  const config = {
    ...{ url: "s3://logs/wandb-audit-logs", endpoint: made.server.url },
    ...{ access_key_id: "id", secret_access_key: "secret-0123456789" },
  };
  const keeper = new Keeper(source(made, config, { HTTP_PROXY: url, HTTPS_PROXY: url }));
  expect(await keeper.poll()).toHaveLength(1);
  expect([...asked]).toEqual([]);
});
