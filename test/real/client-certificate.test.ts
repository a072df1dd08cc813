import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { eventually } from "../system/whole/daemon.ts";

/** What a gateway is configured with: its certificate, whom it trusts, and whom no more. */
interface Files {
  readonly folder: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly crl: string;
  readonly port: number;
  readonly version: "TLSv1.2" | "TLSv1.3";
}

const gateways = {
  nginx: {
    there: spawnSync("nginx", ["-v"]).status === 0,
    command: ({ folder, cert, key, ca, crl, port, version }: Files) => {
      const config = join(folder, "nginx.conf");
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
        .join(" ");
      writeFileSync(
        config,
        `daemon off; pid ${join(folder, "pid")}; error_log ${join(folder, "error.log")};
events {}
http { access_log off; ${paths}
  server { listen 127.0.0.1:${port} ssl; ssl_protocols ${version};
    ssl_certificate ${cert}; ssl_certificate_key ${key};
    ssl_verify_client on; ssl_client_certificate ${ca}; ssl_crl ${crl};
    location / { return 503; } } }`,
      );
      return ["nginx", "-e", join(folder, "error.log"), "-c", config];
    },
  },
  haproxy: {
    there: spawnSync("haproxy", ["-v"]).status === 0,
    command: ({ folder, cert, key, ca, crl, port, version }: Files) => {
      const config = join(folder, "haproxy.cfg");
      const both = join(folder, "both.pem");
      writeFileSync(both, readFileSync(cert));
      appendFileSync(both, readFileSync(key));
      writeFileSync(
        config,
        `defaults
  mode http
  timeout client 10s
  timeout http-request 10s
frontend siem
  bind 127.0.0.1:${port} ssl crt ${both} ca-file ${ca} crl-file ${crl} verify required ssl-min-ver ${version} ssl-max-ver ${version}
  http-request return status 503
`,
      );
      return ["haproxy", "-db", "-f", config];
    },
  },
} as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    }).on("error", () => resolve(false));
  });
}

const everyWay = (Object.keys(gateways) as (keyof typeof gateways)[]).flatMap((name) =>
  (["TLSv1.2", "TLSv1.3"] as const).map((version) => [name, version] as const),
);

describe.each(everyWay)("a client certificate that %s is shown over %s", (name, version) => {
  const { there, command } = gateways[name];
  describe.skipIf(!there)(`(skipped without ${name})`, () => {
    let folder: string;
    let authority: Certificates;
    let strange: Certificates;
    let namesake: Certificates;
    let gateway: ChildProcess;
    let port: number;
    let revoked: { cert: string; key: string };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "gateway-"));
      for (const kind of ["client_body", "proxy"]) mkdirSync(join(folder, kind));
      authority = certificates();
      strange = certificates("another authority");
      namesake = certificates();
      revoked = authority.issue("revoked", { client: true });
      port = await freePort();
      const own = authority.issue("siem");
      const crl = authority.revoked(revoked.cert);
      const [program = "", ...options] = command({ folder, ...own, ca: authority.ca, crl, port, version });
      gateway = spawn(program, options, { stdio: "ignore" });
      await eventually(`${name} answers`, () => answers(port));
    });

    afterAll(async () => {
      const ended = new Promise((resolve) => gateway.once("close", resolve));
      gateway.kill("SIGTERM");
      await ended;
      authority.remove();
      strange.remove();
      namesake.remove();
      rmSync(folder, { recursive: true });
    });

    async function sent(tls: object, kind: "http" | "syslog" = "http") {
      const shared = { name: "o", tls: { ca: authority.ca, ...tls } };
      const hec = { ...shared, type: "splunk_hec", url: `https://localhost:${port}`, token: "a-token" };
      const syslog = {
        ...shared,
        type: "syslog",
        address: `tls://localhost:${port}`,
        close_timeout: "200ms",
      };
      const output =
        kind === "http"
          ? splunkHecKind.create(splunkHecKind.schema.parse(hec), outputContext)
          : syslogKind.create(syslogKind.schema.parse(syslog), outputContext);
      const batch = payloadsOf(output, sampleEvents(300));
      try {
        return await output.send(batch as never, AbortSignal.timeout(20_000));
      } finally {
        await output.close();
      }
    }

    const kinds = name === "haproxy" ? (["http", "syslog"] as const) : (["http"] as const);

    it.each(kinds)("is not at hand, expired, strange or revoked: held with the fix (%s)", async (kind) => {
      const cases = {
        "set tls.cert and tls.key": {},
        "expired on": authority.issue("expired", { client: true, days: -1 }),
        trust: strange.issue("stranger", { client: true }),
        // Its authority has the name of the one that is trusted, as after a change of its key.
        trusted: namesake.issue("stranger", { client: true }),
        revoked,
      };
      for (const [fix, own] of Object.entries(cases))
        expect(await sent(own, kind), fix).toMatchObject({
          status: "retry",
          hold: true,
          reason: "tls",
          fix: expect.stringContaining(fix),
        });
    });

    it("is taken", async () => {
      expect(await sent(authority.issue("good", { client: true }))).toMatchObject({ reason: "busy" });
    });
  });
});
