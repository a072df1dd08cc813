import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { SendResult } from "../../src/output/output.ts";
import { sampleEvent, sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { syslogOutput } from "../output/syslog/subject.ts";
import {
  collectorIsHere,
  freePorts,
  type Receivers,
  startCollector,
  whyNoCollector,
} from "./otel-collector.ts";
import { rsyslogHasRelp, rsyslogHasTls } from "./rsyslog.ts";
import { haveSyslogNg, runSyslogNg } from "./syslog-ng.ts";

const readme = readFileSync(join(import.meta.dirname, "../../src/output/syslog/README.md"), "utf8");

/** The block of code under a heading, with this machine's paths and port in place of its own. */
function snippet(heading: string, places: Readonly<Record<string, string>>): string {
  const [, section = ""] = readme.split(`### ${heading}\n`);
  let text = /```\w*\n(.*?)```/s.exec(section)?.[1] ?? "";
  for (const [its, ours] of Object.entries(places)) {
    expect(text, its).toContain(its);
    text = text.replaceAll(its, ours);
  }
  return text;
}

let made: Certificates;
let siem: { cert: string; key: string };
let folder: string;
let port: number;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  made = certificates();
  siem = made.issue("siem");
  folder = mkdtempSync(join(tmpdir(), "receiver-"));
  [port = 0] = await freePorts(1);
  closing.push(
    () => made.remove(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const events = sampleEvents(3);
const lines = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1) : [];

async function send(written: Record<string, unknown>, batch = events): Promise<SendResult> {
  const output = syslogOutput(written);
  closing.push(() => output.close());
  const outgoing = payloadsOf(output, batch);
  return output.send(outgoing, AbortSignal.timeout(10_000));
}

const overTls = () => ({ address: `tls://127.0.0.1:${port}`, tls: { ca: made.ca } });

async function listening(): Promise<void> {
  await expect
    .poll(
      () =>
        new Promise((resolve) => {
          const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
          socket.once("connect", () => socket.destroy());
        }),
      { timeout: 10_000 },
    )
    .toBe(true);
}

async function rsyslog(
  change: (text: string) => string = (text) => text,
  { heading = "rsyslog", usualPort = 6514 } = {},
): Promise<void> {
  const text = change(
    snippet(heading, {
      "/etc/ssl/siem-ca.pem": made.ca,
      "/etc/ssl/siem.pem": siem.cert,
      "/etc/ssl/siem.key": siem.key,
      "/var/log/": `${folder}/`,
      [`"${usualPort}"`]: `"${port}"`,
    }),
  );
  const config = join(folder, "rsyslog.conf");
  await writeFile(config, `global(workDirectory="${folder}")\n${text}`);
  const child = spawn("/usr/sbin/rsyslogd", ["-n", "-f", config, "-i", join(folder, "pid")], {
    stdio: "ignore",
  });
  closing.push(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await listening();
}

describe.skipIf(!rsyslogHasTls)(
  "rsyslog as the README sets it up (skipped where it or its TLS driver is missing)",
  () => {
    it.each(["octet_counting", "newline"])("takes %s", async (framing) => {
      await rsyslog();
      expect(await send({ ...overTls(), framing })).toMatchObject({ status: "delivered" });
      await expect.poll(() => lines("wandb-audit.log").length, { timeout: 5_000 }).toBe(3);
      expect(lines("wandb-wrong-framing.log")).toEqual([]);
    });

    it("shows octet counts where it was told to take lines", async () => {
      await rsyslog((text) =>
        text.replace('input(type="imtcp"', 'input(type="imtcp" SupportOctetCountedFraming="off"'),
      );
      expect(await send({ ...overTls(), framing: "octet_counting" })).toMatchObject({ status: "delivered" });
      await expect.poll(() => lines("wandb-wrong-framing.log").length, { timeout: 5_000 }).toBe(1);
      expect(lines("wandb-audit.log")).toEqual([]);
      await send({ ...overTls(), framing: "newline" });
      await expect.poll(() => lines("wandb-audit.log").length, { timeout: 5_000 }).toBe(3);
    });
  },
);

describe.skipIf(!rsyslogHasRelp)(
  "rsyslog over RELP as the README sets it up (skipped where it lacks RELP)",
  () => {
    const overRelp = (tls: object) => ({
      address: `relp+tls://127.0.0.1:${port}`,
      tls: { ca: made.ca, ...tls },
    });
    const relp = { heading: "rsyslog over RELP", usualPort: 2514 };

    it("takes who has the certificate that it permits, and nobody else", async () => {
      await rsyslog(undefined, relp);
      expect(await send(overRelp({}))).toMatchObject({
        status: "retry",
        fix: expect.stringContaining("tls.cert"),
      });
      expect(
        await send(
          overRelp(made.issue("forwarder.example", { client: true, altName: "DNS:forwarder.example" })),
        ),
      ).toMatchObject({ status: "delivered" });
      expect(lines("wandb-audit.log")).toHaveLength(3);
    });

    it("answers 200 to what a full disk loses, as it says there", async () => {
      const full = (text: string) => text.replace(`${folder}/wandb-audit.log`, "/dev/full");
      await rsyslog((text) => full(text).replace(/ *tls\.authMode=.*(?=\)\n)/, ""), relp);
      expect(await send(overRelp({}))).toMatchObject({ status: "delivered", rejected: [] });
      expect(lines("wandb-audit.log")).toEqual([]);
    });

    it("asks for no certificate without tls.authMode", async () => {
      await rsyslog((text) => text.replace(/ *tls\.authMode=.*(?=\)\n)/, ""), relp);
      expect(await send(overRelp({}))).toMatchObject({ status: "delivered" });
      expect(lines("wandb-audit.log")).toHaveLength(3);
    });
  },
);

async function syslogNg(change: (text: string) => string = (text) => text): Promise<void> {
  const text = change(
    snippet("syslog-ng", {
      "/etc/ssl/siem.key": siem.key,
      "/etc/ssl/siem.pem": siem.cert,
      "/var/log/": `${folder}/`,
      "port(6514)": `port(${port})`,
    }),
  );
  const siemFile = `destination d_siem { file("${join(folder, "wandb-audit.log")}"); };`;
  closing.push(await runSyslogNg(folder, [siemFile, text], port));
}

describe.skipIf(!haveSyslogNg())(
  "syslog-ng as the README sets it up (skipped where it cannot be had)",
  () => {
    it("takes octet counts, and closes what is framed otherwise", async () => {
      await syslogNg();
      expect(await send({ ...overTls(), framing: "octet_counting" })).toMatchObject({ status: "delivered" });
      await expect.poll(() => lines("wandb-audit.log").length, { timeout: 5_000 }).toBe(3);
      expect(await send({ ...overTls(), framing: "newline" })).toMatchObject({
        status: "retry",
        fix: expect.stringContaining("framing"),
      });
      expect(lines("wandb-wrong-framing.log")).toEqual([]);
    });

    it("shows octet counts at a source for lines", async () => {
      await syslogNg((text) => text.replace("syslog(transport", "network(transport"));
      expect(await send({ ...overTls(), framing: "octet_counting" })).toMatchObject({ status: "delivered" });
      await expect.poll(() => lines("wandb-wrong-framing.log").length, { timeout: 5_000 }).toBe(1);
      await send({ ...overTls(), framing: "newline" });
      await expect.poll(() => lines("wandb-audit.log").length, { timeout: 5_000 }).toBe(3);
    });
  },
);

describe.skipIf(!collectorIsHere)(
  `the OpenTelemetry Collector as the README sets it up (${whyNoCollector})`,
  () => {
    async function collector(
      change: (syslog: Record<string, unknown>) => object = (as) => as,
      memoryMib = 4096,
    ) {
      const text = snippet("OpenTelemetry Collector", {
        "/etc/otel/tls.pem": siem.cert,
        "/etc/otel/tls.key": siem.key,
        "0.0.0.0:6514": `127.0.0.1:${port}`,
      });
      const { receivers } = parse(text) as { receivers: { syslog: Record<string, unknown> } };
      const changed: Receivers = { syslog: change(receivers.syslog) };
      const started = await startCollector(changed, [port], { memoryMib });
      closing.push(() => started.close());
      return () => started.taken("syslog");
    }

    it("takes octet counts, messages far over 8192 octets too, each parsed", async () => {
      const taken = await collector();
      const batch = [...events, sampleEvent(9, "x".repeat(300_000))];
      const result = await send({ ...overTls(), format: "json", max_size: 1_000_000 }, batch);
      expect(result).toEqual({ status: "delivered", rejected: [] });
      await expect.poll(() => taken().length, { timeout: 5_000 }).toBe(4);
      for (const { attributes } of taken()) expect(attributes).toHaveProperty("message");
    });

    it("stores what is framed with lines as one record without attributes", async () => {
      const taken = await collector();
      await send({ ...overTls(), framing: "newline" });
      await expect.poll(() => taken().length, { timeout: 5_000 }).toBe(1);
      expect(taken()[0]?.attributes).toEqual({});
    });

    it("stores octet counts at a receiver of lines as one record that begins with a number", async () => {
      const taken = await collector(({ enable_octet_counting: _, max_octets: __, ...lines }) => lines);
      await send({ ...overTls(), framing: "octet_counting" });
      await expect.poll(() => taken().length, { timeout: 5_000 }).toBe(1);
      expect(taken()[0]).toMatchObject({ attributes: {}, body: expect.stringMatching(/^\d+ <110>1 /) });
      await send({ ...overTls(), framing: "newline" });
      await expect.poll(() => taken().length, { timeout: 5_000 }).toBe(4);
    });

    it("closes the connection on a message over max_log_size", async () => {
      await collector();
      const big = sampleEvent(9, "x".repeat(3_000_000));
      expect(
        await send({ ...overTls(), format: "json", oversized: "whole", batch: { max_bytes: "16MB" } }, [big]),
      ).toMatchObject({
        status: "retry",
        reason: "connection_lost",
      });
    });

    it("drops what its pipeline refuses without retry_on_failure, and this output cannot know", async () => {
      // The memory limiter refuses everything once it has looked for the first time.
      const without = await collector(({ retry_on_failure: _, ...rest }) => rest, 1);
      const grows = async (taken: () => readonly unknown[]) => {
        const before = taken().length;
        expect(await send(overTls())).toMatchObject({ status: "delivered" });
        await new Promise((resolve) => setTimeout(resolve, 200));
        return taken().length - before;
      };
      await expect.poll(() => grows(without), { timeout: 20_000 }).toBe(0);
      // What "received" is worth there: this output cannot know.
      expect(await grows(without)).toBe(0);
    });
  },
);
