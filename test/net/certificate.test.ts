import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { certificateFindings } from "../../src/net/certificate.ts";
import { systemClock } from "../../src/time/clock.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { lostFile } from "../fake/lost-file.ts";

const soon = () => AbortSignal.timeout(5000);

describe("the certificate of a remote", () => {
  let made: Certificates;
  let server: Server | undefined;
  beforeAll(() => {
    made = certificates();
  });
  afterAll(() => made.remove());
  afterEach(() => server?.close());

  async function remote(days: number): Promise<URL> {
    const { cert, key } = made.issue(`days-${days}`, { days });
    server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  const look = async (url: URL, options: object = {}, deadline = soon()) =>
    certificateFindings(
      {
        url,
        tls: { insecure_skip_verify: false, ca: made.ca },
        environment: {},
        clock: systemClock,
        ...options,
      },
      deadline,
    );

  it("is to be renewed when less than three weeks are left", async () => {
    expect(await look(await remote(20))).toEqual([
      {
        level: "warning",
        text: expect.stringMatching(/^TLSv1\.3, certificate valid for (19|20) days$/),
        fix: expect.stringContaining("renew"),
      },
    ]);
    server?.close();
    expect(await look(await remote(30))).toEqual([
      { level: "ok", text: expect.stringMatching(/^TLSv1\.3, certificate valid for (29|30) days$/) },
    ]);
  });

  it("is not looked at over plain HTTP, through a proxy, without time, or where nobody answers", async () => {
    const url = await remote(30);
    expect(await look(new URL(`http://${url.host}`))).toEqual([]);
    expect(await look(url, { proxy: "http://127.0.0.1:1" })).toEqual([]);
    expect(
      await look(new URL("https://wandb.example"), { environment: { HTTPS_PROXY: "127.0.0.1:1" } }),
    ).toEqual([]);
    expect(await look(url, {}, AbortSignal.abort())).toEqual([]);
    expect(await look(new URL("https://127.0.0.1:1"))).toEqual([]);
    expect(await look(url, { tls: undefined })).toEqual([]);
  });

  it("is looked at beside the client's own, of which also a proxy keeps nothing hidden", async () => {
    const url = await remote(30);
    const own = (days: number) => ({ ca: made.ca, ...made.issue(`own-${days}`, { client: true, days }) });
    const proxied = { proxy: "http://127.0.0.1:1" };
    const ok = await look(url, { tls: own(30) });
    expect(ok.map(({ level }) => level)).toEqual(["ok", "ok"]);
    expect(ok[0]?.text).toMatch(/^own client certificate valid for (29|30) days$/);
    expect(await look(url, { tls: own(20), ...proxied })).toMatchObject([
      { level: "warning", fix: expect.stringContaining("tls.cert") },
    ]);
    expect(await look(url, { tls: own(-1), ...proxied })).toMatchObject([
      { level: "problem", text: "the own client certificate has expired" },
    ]);
  });

  it("has the client's own for the proxy beside it, also for plain HTTP", async () => {
    const proxyTls = { ca: made.ca, ...made.issue("own-proxy", { client: true, days: -1 }) };
    for (const url of ["http://w.example", "https://w.example"])
      expect(await look(new URL(url), { proxy: "https://127.0.0.1:1", proxyTls })).toEqual([
        {
          level: "problem",
          text: "the own client certificate for the proxy has expired",
          fix: "renew proxy_tls.cert and proxy_tls.key; the new files are used by themselves",
        },
      ]);
    expect(await look(new URL("http://w.example"), { proxy: "http://127.0.0.1:1", proxyTls })).toEqual([]);
  });

  it("cannot be judged with a TLS file that is lost: that is a problem, not an exception", async () => {
    const file = lostFile();
    file.lose();
    expect(await look(new URL("https://127.0.0.1:1"), { tls: { ca: file.path } })).toEqual([
      { level: "problem", text: expect.stringContaining(file.path), fix: "check the files under `tls`" },
    ]);
  });
});
