import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { elasticOutput } from "../output/elasticsearch/subject.ts";
import { eventually, startProgram, workplace } from "../system/whole/daemon.ts";
import { type Guard, type GuardedProxy, startGuardedProxy } from "./guarded-proxy.ts";
import {
  type RunningSearchServer,
  searchServerIsHere,
  searchServers,
  startSearchServer,
  whyNoSearchServer,
} from "./search-servers.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

// Their own security modules are not to be had: a proxy asks for credentials in their place.
for (const name of searchServers)
  describe.skipIf(!searchServerIsHere(name))(
    `a real ${name} behind a proxy that ends TLS (${whyNoSearchServer(name)})`,
    () => {
      let server: RunningSearchServer;
      let made: Certificates;
      beforeAll(async () => {
        if (!searchServerIsHere(name)) return;
        made = certificates();
        server = await startSearchServer(name);
      }, 120_000);
      afterAll(async () => {
        await server?.close();
        made?.remove();
      });

      async function guarded(guard: Partial<Guard>): Promise<GuardedProxy> {
        const proxy = await startGuardedProxy(server.url, { ...made.issue("proxy"), ...guard });
        closing.push(() => proxy.close());
        return proxy;
      }

      async function sent(proxy: GuardedProxy, written: object) {
        const output = elasticOutput({ urls: [proxy.url], manage_template: true, ...written });
        closing.push(() => output.close());
        const result = await output.send(payloadsOf(output, sampleEvents(3)), AbortSignal.timeout(10_000));
        return { result, findings: await output.probe(AbortSignal.timeout(10_000)) };
      }

      it.each([
        ["an API key", `ApiKey ${base64("id:a-key")}`, { api_key: "id:a-key" }, { api_key: "id:another" }],
        [
          "a user",
          `Basic ${base64("me:a-password")}`,
          { username: "me", password: "a-password" },
          { username: "me", password: "another" },
        ],
      ])("lets %s in over TLS, and no other", async (_, authorization, right, wrong) => {
        const proxy = await guarded({ authorization });
        const tls = { ca: made.ca };
        const { result, findings } = await sent(proxy, { tls, ...right });
        expect(result).toEqual({ status: "delivered", rejected: [] });
        expect(findings.filter(({ level }) => level === "problem")).toEqual([]);
        expect(findings[0]?.text).toMatch(/^TLSv1\.3, certificate valid/);
        for (const written of [wrong, {}]) {
          const refused = await sent(proxy, { tls, ...written });
          expect(refused.result).toMatchObject({ status: "retry", hold: true, reason: "unauthorized" });
          expect((refused.result as { fix: string }).fix).toContain("`api_key`");
          expect(refused.findings.some(({ fix }) => fix?.includes("`api_key`"))).toBe(true);
        }
        expect((await sent(proxy, right)).result).toMatchObject({ hold: true, reason: "tls" });
      });

      it("lets a client certificate in, and nobody without one", async () => {
        const proxy = await guarded({ clients: made.ca });
        const own = made.issue("forwarder", { client: true });
        const { result } = await sent(proxy, { tls: { ca: made.ca, ...own } });
        expect(result).toEqual({ status: "delivered", rejected: [] });
        const without = await sent(proxy, { tls: { ca: made.ca } });
        expect(without.result).toMatchObject({ status: "retry", hold: true });
      });

      it("has every event once, though forwarder, server and nodes are killed", {
        timeout: 240_000,
      }, async () => {
        const random = seededRandom(11);
        const wandb = await startWandbServer({ clock: systemClock, random });
        const authorization = `ApiKey ${base64("id:a-key")}`;
        const first = await guarded({ authorization });
        const second = await guarded({ authorization });
        const place = workplace(
          (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: 1s }
outputs:
  - name: elastic
    type: elasticsearch
    urls: ["${first.url}", "${second.url}"]
    api_key: "\${ELASTIC_KEY}"
    tls: { ca: ${made.ca} }
    namespace: whole
    manage_template: true
    batch: { max_events: 20, max_wait: 10ms }
    retry: { min_backoff: 50ms, max_backoff: 500ms, hold_interval: 500ms }
admin: { listen: off }
log: { level: error }
`,
        );
        closing.push(
          () => wandb.close(),
          () => place.remove(),
        );
        const stream = "logs-wandb.audit-whole";
        const audit = async () =>
          (await server.documents(stream)).filter(({ source }) => source.event.dataset === "wandb.audit");
        const start = () =>
          startProgram(["run", "-c", place.config], { KEY: "some-key-for-tests", ELASTIC_KEY: "id:a-key" });
        for (let round = 0; round < 5; round++) {
          for (let count = 0; count < 200; count++) wandb.log.append(wandbEntry(random, Date.now()));
          const daemon = start();
          const before = wandb.taken().length;
          await eventually("it reads", () => wandb.taken().length > before);
          await systemClock.sleep(300 + random() * 700);
          if (round === 2) {
            await server.kill();
            await systemClock.sleep(500);
            await server.start();
            await first.close();
          }
          daemon.kill("SIGKILL");
          await daemon.exited;
        }
        const before = wandb.taken().length;
        const daemon = start();
        closing.push(() => daemon.kill("SIGKILL"));
        // What is there may all be of those before it: until it reads, no signal is for it yet.
        await eventually("it reads", () => wandb.taken().length > before);
        await eventually("all is there", async () => (await audit()).length >= wandb.log.all().length);
        daemon.kill("SIGTERM");
        expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
        const stored = await audit();
        expect(stored).toHaveLength(wandb.log.all().length);
        expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
      });
    },
  );
