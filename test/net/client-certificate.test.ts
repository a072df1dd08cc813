import { readFileSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTls, type TlsOptions } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import type { Output, SendResult } from "../../src/output/output.ts";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { SourceError } from "../../src/source/source.ts";
import { wandbApiKind } from "../../src/source/wandb-api/kind.ts";
import { sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let authority: Certificates;
let strange: Certificates;
beforeAll(() => {
  authority = certificates();
  strange = certificates();
});
afterAll(() => {
  authority.remove();
  strange.remove();
});

type Pair = { readonly cert: string; readonly key: string };
type Outcome = {
  readonly reason: string;
  readonly hold: boolean;
  readonly detail: string;
  readonly fix: string;
};

/** A remote that wants a client certificate from our authority; how it talks then is told by `http`. */
async function remote(options: TlsOptions, http: boolean): Promise<number> {
  const { cert, key } = authority.issue("siem");
  const settings: TlsOptions = {
    cert: readFileSync(cert),
    key: readFileSync(key),
    ca: readFileSync(authority.ca),
    requestCert: true,
    rejectUnauthorized: true,
    ...options,
  };
  const server = http
    ? createHttps(settings, (request, response) => {
        request.resume().on("end", () => response.writeHead(503).end("later"));
      })
    : createTls(settings, (socket) => void socket.resume().on("error", () => {}));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function sent(output: Output): Promise<Outcome> {
  closing.push(() => output.close());
  const batch = payloadsOf(output, sampleEvents(400));
  return outcomeOf(await output.send(batch, AbortSignal.timeout(20_000)));
}

function outcomeOf(result: SendResult): Outcome {
  if (result.status !== "retry") return { reason: result.status, hold: false, detail: "", fix: "" };
  return { reason: result.reason, hold: result.hold === true, detail: result.detail, fix: result.fix ?? "" };
}

/** Who talks to the remote at this port, each with what came of it. */
const parts = {
  splunk_hec: (port: number, tls: object) => {
    const written = {
      name: "o",
      type: "splunk_hec",
      url: `https://localhost:${port}`,
      token: "a-token",
      tls,
    };
    return sent(splunkHecKind.create(splunkHecKind.schema.parse(written), outputContext));
  },
  otlp: (port: number, tls: object) => {
    const written = { name: "o", type: "otlp", endpoint: `https://localhost:${port}`, tls };
    return sent(otlpKind.create(otlpKind.schema.parse(written), outputContext));
  },
  syslog: (port: number, tls: object) => {
    const written = {
      name: "o",
      type: "syslog",
      address: `tls://localhost:${port}`,
      close_timeout: "100ms",
      tls,
    };
    return sent(syslogKind.create(syslogKind.schema.parse(written), outputContext));
  },
  async wandb_api(port: number, tls: object): Promise<Outcome> {
    const written = {
      name: "s",
      type: "wandb_api",
      url: `https://localhost:${port}`,
      api_key: "a-key-of-ours",
      tls,
    };
    const source = wandbApiKind.create(wandbApiKind.schema.parse(written), {
      ...outputContext,
      random: () => 0.5,
    });
    closing.push(() => source.close());
    const error = await source
      .read(undefined, AbortSignal.timeout(20_000))
      .next()
      .catch((caught: unknown) => caught);
    if (!(error instanceof SourceError)) throw error;
    return { reason: error.reason, hold: error.hold, detail: error.message, fix: error.fix };
  },
};

const kinds = Object.keys(parts) as (keyof typeof parts)[];
const versions = ["TLSv1.2", "TLSv1.3"] as const;
const everyWay = kinds.flatMap((kind) => versions.map((version) => [kind, version] as const));

describe.each(everyWay)("a client certificate that %s shows over %s", (kind, version) => {
  const talk = async (own: Partial<Pair>, options: TlsOptions = {}) => {
    const port = await remote({ maxVersion: version, ...options }, kind !== "syslog");
    return parts[kind](port, { ca: authority.ca, ...own });
  };

  it("is not at hand: its keys are named", async () => {
    expect(await talk({})).toMatchObject({
      reason: "tls",
      hold: true,
      fix: "the remote asks for a client certificate: set tls.cert and tls.key to one it trusts",
    });
  });

  it("has expired: the day is named", async () => {
    const own = authority.issue("expired", { client: true, days: -1 });
    expect(await talk(own)).toMatchObject({
      reason: "tls",
      hold: true,
      fix: expect.stringMatching(
        /^this client's certificate \(tls\.cert\) expired on \d{4}-\d\d-\d\d: renew it/,
      ),
    });
  });

  it("is from an authority that the remote does not trust", async () => {
    expect(await talk(strange.issue("stranger", { client: true }))).toMatchObject({
      reason: "tls",
      hold: true,
      fix: expect.stringContaining("from an authority that is not trusted there"),
    });
  });

  it("is revoked", async () => {
    const own = authority.issue("revoked", { client: true });
    const crl = readFileSync(authority.revoked(own.cert));
    expect(await talk(own, { crl })).toMatchObject({
      reason: "tls",
      hold: true,
      fix: expect.stringContaining("may be revoked"),
    });
  });

  it("is taken: what fails then is not laid to it", async () => {
    const own = authority.issue("good", { client: true });
    const crl = readFileSync(authority.revoked());
    const { reason } = await talk(own, { crl });
    expect(reason).toBe(
      { splunk_hec: "busy", otlp: "busy", syslog: "delivered", wandb_api: "server_error" }[kind],
    );
  });
});

describe("a connection that ends without an answer", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is not laid to the client certificate when the remote takes that and only fails later (%s)",
    async (maxVersion) => {
      const { cert, key } = authority.issue("dying");
      const files = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(authority.ca) };
      const dying = createTls({ ...files, requestCert: true, maxVersion }, (socket) => {
        socket.on("error", () => {}).once("data", () => socket.destroy());
      });
      await new Promise<void>((resolve) => dying.listen(0, "127.0.0.1", resolve));
      closing.push(() => new Promise((resolve) => dying.close(resolve)));
      const at = (dying.address() as AddressInfo).port;
      const own = authority.issue("good", { client: true });
      const outcome = await parts.splunk_hec(at, { ca: authority.ca, ...own });
      expect(outcome).toMatchObject({ reason: "connection_lost", hold: false });
    },
  );
});
