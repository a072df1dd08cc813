import { afterEach, describe, expect, it } from "vitest";
import {
  type ElasticsearchReceiver,
  type ElasticsearchReceiverOptions,
  startElasticsearchReceiver,
} from "../../../src/simulate/elasticsearch-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { dayMs, systemClock } from "../../../src/time/clock.ts";
import { startProgram, workplace } from "./daemon.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const environment = { KEY: "some-key-for-tests" };
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** So many events of W&B are delivered, and the stream has gone on in another backing index since. */
async function rolledOver(events: number, options: ElasticsearchReceiverOptions = {}) {
  const random = seededRandom(3);
  const wandb = await startWandbServer({ clock: systemClock, random });
  const cluster = await startElasticsearchReceiver(options);
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d }
outputs:
  - { name: elastic, type: elasticsearch, urls: ["${cluster.url}"], batch: { max_events: 20, max_wait: 10ms } }
admin: { listen: off }
log: { level: error }
`,
  );
  closing.push(
    () => wandb.close(),
    () => cluster.close(),
    () => place.remove(),
  );
  for (let count = 0; count < events; count++)
    wandb.log.append(wandbEntry(random, Date.now() - 3_600_000 + count));
  const daemon = startProgram(["run", "--once", "-c", place.config], environment);
  expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
  cluster.rollOver();
  const replay = async () => {
    const [from, to] = [day(Date.now() - dayMs), day(Date.now() + dayMs)];
    const args = ["replay", "--output", "elastic", "--from", from, "--to", to, "--yes", "-c", place.config];
    const running = startProgram(args, environment);
    return { ...(await running.exited), said: running.stdout() + running.stderr() };
  };
  return { cluster, replay };
}

const audited = (cluster: ElasticsearchReceiver) => cluster.count() - cluster.own();

describe("a replay to a data stream that was rolled over", { timeout: 120_000 }, () => {
  it("stores nothing twice", async () => {
    const { cluster, replay } = await rolledOver(90);
    expect(audited(cluster)).toBe(90);
    expect(await replay()).toMatchObject({ code: 0 });
    expect(cluster.asked().filter((asked) => asked.endsWith("_search")).length).toBeGreaterThan(0);
    expect(audited(cluster)).toBe(90);
  });

  it("ends with what is missing where it may not look", async () => {
    const { cluster, replay } = await rolledOver(60, { lacks: ["read"] });
    const { code, said } = await replay();
    expect([code, audited(cluster)]).toEqual([1, 60]);
    expect(said).toContain("refused");
  });
});
