import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAzureServer } from "../../../src/simulate/azure-server.ts";
import { startGcsServer } from "../../../src/simulate/gcs-server.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { certificates } from "../../fake/certificates.ts";
import { startProgram, workplace } from "./daemon.ts";

const stores = {
  s3: [startS3Server, "", ["url: s3://logs/a", "access_key_id: id", `secret_access_key: \${SECRET}`]],
  gs: [startGcsServer, "", ["url: gs://logs/a"]],
  az: [startAzureServer, "/acme", ["url: az://acme/logs/a", `account_key: \${SECRET}`]],
} as const;

/** The same server behind TLS with a private authority's certificate. */
async function behindTls(port: number) {
  const authority = certificates();
  onTestFinished(() => authority.remove());
  const { cert, key } = authority.issue("store");
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ca: authority.ca, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.each(Object.entries(stores))(
  "a bucket of %s with a certificate of a private authority",
  (_, it_) => {
    const [start, path, settings] = it_;
    it("is read where NODE_EXTRA_CA_CERTS names the authority, and refused as tls where nothing does", {
      timeout: 90_000,
    }, async () => {
      const store = new ObjectStore();
      const stored = await start(store);
      onTestFinished(() => stored.close());
      const time = new Date(Date.now() - 60_000).toISOString();
      store.put("a/day.json", Buffer.from(`{"timestamp":"${time}","action":"user:login"}\n`), Date.now());
      const { ca, url } = await behindTls(Number(new URL(stored.url).port));
      const place = workplace(
        (stateDir) => `
state_dir: ${stateDir}
sources:
  - name: archive
    type: bucket
    instance: acme.example
    endpoint: ${url}${path}
    ${settings.join("\n    ")}
outputs:
  - { name: lines, type: stdout, format: raw }
admin: { listen: "off" }
`,
      );
      onTestFinished(place.remove);
      const checked = async (environment: Record<string, string>) => {
        const life = startProgram(["check", "-c", place.config], {
          SECRET: "c2VjcmV0LTAxMjM0NTY3ODk=",
          ...environment,
        });
        const { code } = await life.exited;
        return { code, said: life.stdout() + life.stderr() };
      };
      expect((await checked({})).said).toMatch(/ tls: .*not trusted[\s\S]*fix: .*NODE_EXTRA_CA_CERTS/);
      const { said } = await checked({ NODE_EXTRA_CA_CERTS: ca });
      expect(said).toContain("a/day.json holds 1 entry");
    });
  },
);
