import { describe, expect, it } from "vitest";
import { NotReached } from "../../../src/net/in-time.ts";
import { TlsFault } from "../../../src/net/tls-fault.ts";
import type { Address } from "../../../src/output/syslog/address.ts";
import { NotSyslog } from "../../../src/output/syslog/foreign.ts";
import { GivesUp } from "../../../src/output/syslog/receiver.ts";
import { streamFault } from "../../../src/output/syslog/stream-fault.ts";

const tcp = { transport: "tcp", host: "siem.example", port: 601 } as const;
const tls = { ...tcp, transport: "tls" } as const;
const intime = new AbortController().signal;
const late = AbortSignal.abort();
const remote = { refusal: () => Promise.resolve(undefined) };
const refusing = {
  refusal: () => Promise.resolve(new TlsFault("it refuses our certificate", "renew tls.cert")),
};

describe("what a stream met", () => {
  it("waits for a person where another service answers", async () => {
    const stranger = new NotSyslog("the port speaks TLS", "write tls://");
    expect(await streamFault(stranger, refusing, tcp, intime)).toEqual({
      reason: "bad_answer",
      detail: "siem.example:601: the port speaks TLS",
      fix: "write tls://",
      hold: true,
    });
  });

  it("names TLS where a plain connection is cut, and not where it is TLS already", async () => {
    const cut = new Error("the receiver ended the connection before it had everything");
    expect(await streamFault(cut, remote, tcp, intime)).toMatchObject({
      reason: "connection_lost",
      fix: expect.stringMatching(/tls:\/\/.*framing/),
      hold: false,
    });
    expect((await streamFault(cut, remote, tls, intime)).fix).not.toContain("write tls://");
  });

  it("names RELP where a connection for plain syslog is cut, and not where it is RELP already", async () => {
    const cut = new Error("the receiver ended the connection before it had everything");
    const fixOf = async (at: Address) => (await streamFault(cut, remote, at, intime)).fix;
    expect(await fixOf(tcp)).toContain("write relp://");
    expect(await fixOf(tls)).toContain("write relp+tls://");
    expect(await fixOf({ ...tcp, transport: "relp" })).not.toContain("for RELP");
    expect(await fixOf({ ...tcp, transport: "relp+tls" })).not.toContain("for RELP");
  });

  it("is a balancer that gave up, where a connection said so; no refusal is looked for then", async () => {
    expect(await streamFault(new GivesUp(new Error("ended")), refusing, tls, intime)).toEqual({
      reason: "connection_lost",
      detail: expect.stringMatching(/^siem\.example:601: .*as a balancer does/),
      fix: expect.stringContaining("health check"),
      hold: false,
    });
  });

  it("is a refused client certificate, where that was behind a connection that was cut", async () => {
    expect(await streamFault(new Error("cut"), refusing, tls, intime)).toMatchObject({
      reason: "tls",
      fix: "renew tls.cert",
      hold: true,
    });
  });

  it("is the time that ran out, whatever the socket made of that; but not before there was a connection", async () => {
    expect(await streamFault(new Error("aborted"), refusing, tcp, late)).toMatchObject({
      reason: "timeout",
      detail: expect.stringContaining("did not take everything in time"),
    });
    const fault = await streamFault(new NotReached("no connection"), remote, tcp, late);
    expect(fault.detail).toContain("no connection");
  });
});
