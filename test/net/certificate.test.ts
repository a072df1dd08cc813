import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { certificateFindings } from "../../src/net/certificate.ts";
import { tlsOptions } from "../../src/net/tls.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";

let made: Certificates;
beforeAll(() => {
  made = certificates();
});
afterAll(() => made.remove());

/** The address of a server whose certificate ends in so many days. */
async function server(days: number): Promise<URL> {
  const { cert, key } = made.issue(`server-${days}`, { days });
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const never = () => new AbortController().signal;
const findings = (url: URL, deadline = never()) =>
  certificateFindings(url, tlsOptions({ ca: made.ca } as never), Date.now(), deadline);

describe("certificateFindings", () => {
  it("tells the protocol and how long the certificate is valid", async () => {
    const [found] = await findings(await server(90));
    expect(found).toMatchObject({ level: "ok", text: expect.stringMatching(/^TLSv1\.3, .* (89|90) days$/) });
  });

  it("warns three weeks before its end", async () => {
    const [found] = await findings(await server(20));
    expect(found).toMatchObject({ level: "warning", fix: expect.stringContaining("renew") });
  });

  it("finds nothing where there is no TLS, nobody answers, or time is over", async () => {
    expect(await findings(new URL("http://127.0.0.1:1"))).toEqual([]);
    expect(await findings(new URL("https://127.0.0.1:1"))).toEqual([]);
    const url = await server(90);
    expect(await findings(url, AbortSignal.abort())).toEqual([]);
    const soon = new AbortController();
    const waiting = findings(url, soon.signal);
    soon.abort();
    expect(await waiting).toEqual([]);
  });
});
