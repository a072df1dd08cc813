import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Address, parseAddress } from "../../../src/output/syslog/address.ts";
import { stream } from "../../../src/output/syslog/stream.ts";
import { startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { type Certificates, certificates } from "../../fake/certificates.ts";
import { frame } from "../../fake/frame.ts";
import { payloadsOfBytes } from "../../fake/payloads.ts";

const undo: (() => unknown)[] = [];
let made: Certificates;
beforeAll(() => {
  made = certificates();
});
afterAll(() => made.remove());
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const frames = payloadsOfBytes(["one", "two", "three"].map((text) => frame(text, "octet_counting")));
const soon = () => AbortSignal.timeout(5000);
const files = ({ cert, key }: { cert: string; key: string }) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
});

async function receiver(server: { cert: string; key: string }, mutual = false) {
  const started = await startSyslogReceiver({
    transport: "tls",
    tls: {
      ...files(server),
      ...(mutual && { ca: readFileSync(made.ca), requestCert: true, rejectUnauthorized: true }),
    },
  });
  undo.push(() => started.close());
  return started;
}

function carrier(
  to: { url: string },
  tls: { ca?: string; cert?: string; key?: string; server_name?: string },
  connection: "per_batch" | "persistent" = "per_batch",
) {
  const out = stream({
    address: parseAddress(to.url) as Address,
    tls: { insecure_skip_verify: false, ...tls },
    connection,
    closeTimeoutMs: 500,
    clock: systemClock,
  });
  undo.push(() => out.close());
  return out;
}

describe("syslog over TLS", () => {
  it("is delivered to a receiver whose certificate the configured authority signed", async () => {
    const to = await receiver(made.issue("siem"));
    const out = carrier(to, { ca: made.ca });
    for (let round = 0; round < 5; round++)
      expect(await out.send(frames, soon())).toEqual({ status: "delivered", rejected: [] });
    expect(to.taken().slice(0, 3)).toEqual(["one", "two", "three"]);
    expect(to.count()).toBe(15);
  });

  it("holds when nobody vouches for the receiver's certificate", async () => {
    const to = await receiver(made.issue("siem"));
    expect(await carrier(to, {}).send(frames, soon())).toMatchObject({
      status: "retry",
      reason: "tls",
      hold: true,
    });
    expect(to.count()).toBe(0);
  });

  it("holds when the certificate is for another name, unless that name is expected", async () => {
    const to = await receiver(made.issue("elsewhere", { altName: "DNS:elsewhere.example" }));
    expect(await carrier(to, { ca: made.ca }).send(frames, soon())).toMatchObject({
      status: "retry",
      reason: "tls",
      hold: true,
    });
    expect(
      (await carrier(to, { ca: made.ca, server_name: "elsewhere.example" }).send(frames, soon())).status,
    ).toBe("delivered");
  });

  it("holds when the certificate has expired", async () => {
    const to = await receiver(made.issue("old", { days: -1 }));
    expect(await carrier(to, { ca: made.ca }).send(frames, soon())).toMatchObject({
      status: "retry",
      reason: "tls",
      hold: true,
    });
  });

  it("shows its certificate where the receiver wants one, and holds without", async () => {
    const to = await receiver(made.issue("siem"), true);
    const own = made.issue("forwarder", { client: true });
    expect(await carrier(to, { ca: made.ca }).send(frames, soon())).toMatchObject({
      status: "retry",
      reason: "tls",
      hold: true,
    });
    expect(to.count()).toBe(0);
    expect((await carrier(to, { ca: made.ca, ...own }).send(frames, soon())).status).toBe("delivered");
    expect(to.count()).toBe(3);
  });

  it("is sent again when the receiver cuts the connection", async () => {
    const to = await receiver(made.issue("siem"));
    const out = carrier(to, { ca: made.ca });
    await out.send(frames, soon());
    for (const behavior of ["reset", "refuse", "half_close"] as const) {
      to.behave(behavior);
      expect(await out.send(frames, soon()), behavior).toMatchObject({
        status: "retry",
        reason: "connection_lost",
      });
    }
    to.behave("accept");
    expect((await out.send(frames, soon())).status).toBe("delivered");
  });

  it("takes over changed files for the next connection, and leaves a batch that is under way alone", async () => {
    const to = await receiver(made.issue("siem"));
    const own = certificates();
    undo.push(() => own.remove());
    copyFileSync(made.ca, own.ca);
    const out = carrier(to, { ca: own.ca }, "persistent");
    expect((await out.send(frames, soon())).status).toBe("delivered");
    expect(out.reload()).toBe(false);
    writeFileSync(own.ca, `${readFileSync(made.ca, "utf8")}${readFileSync(made.between().ca, "utf8")}`);
    const sending = out.send(frames, soon());
    expect(out.reload()).toBe(true);
    expect((await sending).status).toBe("delivered");
    await expect.poll(() => to.count()).toBe(6);
    expect(to.connections()).toBe(1);
    expect((await out.send(frames, soon())).status).toBe("delivered");
    expect(to.connections()).toBe(2);
  });

  it("tells `check` the protocol and how long the certificate is valid", async () => {
    const to = await receiver(made.issue("siem"));
    const findings = await carrier(to, { ca: made.ca }).probe(soon());
    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringContaining("connected"),
      expect.stringMatching(/^TLSv1\.3, certificate valid for 1 days$/),
      expect.stringContaining("delivered means received by it"),
    ]);
    expect(to.count()).toBe(0);
  });

  it("does not start when a certificate file is missing", () => {
    expect(() => carrier({ url: "tls://127.0.0.1:6514" }, { ca: "/nowhere/ca.pem" })).toThrow(
      "/nowhere/ca.pem",
    );
  });
});
