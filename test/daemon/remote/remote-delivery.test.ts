// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { MessageChannel, Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { ambientOf } from "../../../src/command/ambient.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { startDaemon } from "../../../src/daemon/daemon.ts";
import { build, lineNames, type NoticingLine } from "../../../src/daemon/remote/orders.ts";
import { RemoteDelivery } from "../../../src/daemon/remote/remote-delivery.ts";
import { loadDelivery } from "../../../src/daemon/remote/serve-delivery.ts";
import { Stopping } from "../../../src/daemon/stopping.ts";
import { systemRandom } from "../../../src/random.ts";
import type { Report } from "../../../src/report/report.ts";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import type { DeliverySpool } from "../../../src/spool/spool.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { spoolOfStore } from "../../../src/spool/spool-of-store.ts";
import { Conditions } from "../../../src/status/conditions.ts";
import { lineOver } from "../../../src/thread/line.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { Wakeup } from "../../../src/time/wakeup.ts";
import { fakeTerminal } from "../../command/fake-terminal.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { keep, record } from "../../fake/records.ts";
import { eventually, workplace } from "../../system/whole/daemon.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The far end stands in this thread, beyond a channel: what crosses it is the same. */
class FakeThread extends EventEmitter {
  readonly #channel = new MessageChannel();
  readonly far = this.#channel.port2;
  readonly loaded: Promise<void>;
  ended = false;

  constructor(loaded = Promise.resolve()) {
    super();
    this.loaded = loaded;
    this.#channel.port1.on("message", (message) => this.emit("message", message));
  }

  postMessage(message: unknown, moves: readonly ArrayBuffer[]): void {
    this.#channel.port1.postMessage(message, [...moves]);
  }

  async terminate(): Promise<number> {
    this.ended = true;
    this.#channel.port1.close();
    return 0;
  }
}

async function between(change: Partial<DeliverySpool> = {}, more = "") {
  const hec = await startHecReceiver({ token: "the-right-token" });
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources: [{ name: prod, type: wandb_api, url: "http://127.0.0.1:9", instance: a.example, api_key: some-key-1 }]
outputs:
  - { name: siem, type: splunk_hec, url: "${more === "" ? hec.url : "https://127.0.0.1:9"}", token: "\${file:${stateDir}.token}", batch: { max_wait: 1ms }${more} }
  - { name: console, type: stdout }
`,
  );
  const token = `${place.stateDir}.token`;
  const write = (text: string) => writeFileSync(token, text, { mode: 0o600 });
  write("the-right-token");
  closing.push(
    () => place.remove(),
    () => hec.close(),
  );
  const config = loadConfig(place.config, { environment: {} });
  const told: Report[] = [];
  const store = new MemoryStore(["siem"]);
  const conditions = new Conditions(0);
  const kept = new Wakeup(systemClock);
  const stopping = new Stopping(systemClock, 1000);
  const thread = new FakeThread();
  const delivery = new RemoteDelivery(thread as never, {
    spool: { ...spoolOfStore(store), ...change },
    clock: systemClock,
    tell: (report) => told.push(report),
    conditions,
    kept,
    secrets: config.secrets,
    endWithinMs: 10_000,
  });
  closing.push(async () => {
    stopping.now();
    if (!thread.ended) await delivery.close();
  });
  const origins = config.sources.map(({ origin }) => origin);
  const agent = { name: "wandb-audit-forwarder", version: "0.0.0-test" };
  const start = {
    build,
    file: config.file,
    parts: config.outputParts.reveal(),
    origins,
    environment: {},
    agent,
  };
  const loaded = await loadDelivery(start);
  const serve = () => loaded(thread.far, () => {});
  return { hec, place, config, told, store, conditions, kept, stopping, thread, delivery, serve, write };
}

describe("a delivery in another thread", () => {
  it("delivers what is kept, also while it runs, tells it, and ends when it is to", async () => {
    const it = await between();
    it.serve();
    keep(it.store, "prod", [record("a"), record("b")]);
    const ended = it.delivery.run(it.stopping);
    await eventually("so many are delivered", () => it.hec.count() === 2);
    await eventually("it is idle", () => it.conditions.output("siem").state === "idle");
    // By our clock, not by that of the thread.
    expect(Math.abs(it.conditions.output("siem").since - systemClock.monotonic())).toBeLessThan(10_000);
    keep(it.store, "prod", [record("c")]);
    it.kept.wake();
    await eventually("so many are delivered", () => it.hec.count() === 3);
    it.stopping.begin();
    await ended;
    expect(it.conditions.output("siem").state).toBe("stopped");
    expect(it.told.filter(({ type }) => type === "delivered")).toHaveLength(2);
    expect(it.store.standing("siem").position).toBe(3);
    await it.delivery.close();
    expect(it.thread.ended).toBe(true);
  });

  it("takes over a changed secret when it is asked to look, here too before that is told", async () => {
    const it = await between();
    it.serve();
    const token = it.config.secrets.find(({ owner }) => owner === "siem")?.secret;
    await it.delivery.lookAtFiles(false);
    expect(it.told).toEqual([]);
    it.write("the-other-token");
    await it.delivery.lookAtFiles(true);
    expect(it.told).toEqual([{ type: "secret_reloaded", owner: "siem" }]);
    expect(token?.reveal()).toBe("the-other-token");
    it.write("a-third-token");
    it.delivery.glanceAtFiles();
    await eventually("the third token is known", () => token?.reveal() === "a-third-token");
    expect(it.told).toEqual(Array(2).fill({ type: "secret_reloaded", owner: "siem" }));
  });

  it("is held by a remote that refuses its token, and tries at once when a person says so", async () => {
    const it = await between();
    it.hec.behave("unauthorized");
    it.serve();
    keep(it.store, "prod", [record("a")]);
    void it.delivery.run(it.stopping);
    await eventually("it is held", () => it.conditions.output("siem").state === "held");
    it.hec.behave("accept");
    it.delivery.retryNow();
    await eventually("it is released", () => it.told.some(({ type }) => type === "released"));
    expect(it.hec.count()).toBe(1);
    expect(it.told.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["delivery_failed", "held", "delivered", "released"]),
    );
  });

  it("ends with what the state failed with", async () => {
    const fails = async () => {
      throw new SpoolError("io", "the disk is gone", "look at the disk");
    };
    const it = await between({ standing: fails });
    it.serve();
    const error = await it.delivery.run(it.stopping).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpoolError);
    expect(error).toMatchObject({ failure: "io", message: "the disk is gone", fix: "look at the disk" });
    await it.delivery.close();
  });

  it("tells the other outputs of the stop where the state failed one of them, until it is closed", async () => {
    const it = await between();
    const orders: string[] = [];
    const far: NoticingLine = lineOver(it.thread.far, lineNames.orders);
    far.take(({ type }) => {
      orders.push(type);
      if (type === "close") far.send({ type: "closed" });
    });
    const ended = it.delivery.run(it.stopping);
    const trouble = { type: "spool", failure: "io", message: "the disk is gone", fix: "look at it" } as const;
    far.send({ type: "failed", trouble });
    await expect(ended).rejects.toThrow("the disk is gone");
    it.stopping.now();
    await it.delivery.close();
    expect(orders).toEqual(["run", "drain", "halt", "deadline", "close"]);
  });

  it("ends with what cannot be made of the configuration, and can be closed then", async () => {
    const it = await between({}, ", tls: { ca: /nowhere/ca.pem }");
    it.serve();
    await expect(it.delivery.run(it.stopping)).rejects.toMatchObject({
      name: "ConfigError",
      file: it.place.config,
      problems: [{ path: "outputs[0]", message: "tls.ca: cannot read /nowhere/ca.pem (ENOENT)" }],
    });
    await it.delivery.close();
  });

  it.each([
    ["an error", "error", new RangeError("out of memory"), /^out of memory$/],
    ["an exit", "exit", 9, /^the thread that delivers ended, with exit code 9$/],
  ] as const)(
    "ends with %s of the thread, and nobody waits for it any more",
    async (_, event, what, words) => {
      const it = await between();
      const ended = it.delivery.run(it.stopping);
      const looked = it.delivery.lookAtFiles(true);
      it.thread.emit(event, what);
      await expect(ended).rejects.toThrow(words);
      await looked;
      await it.delivery.lookAtFiles(true);
      await it.delivery.close();
      expect(it.thread.ended).toBe(true);
    },
  );
});

it("is asked by a read between two pieces what it wants, and not only when the event loop comes to it", async () => {
  const wandb = await startWandbServer({ clock: systemClock, random: systemRandom.number });
  wandb.log.append(wandbEntry(systemRandom.number, systemClock.now()));
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources: [{ name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: some-key-1 }]
outputs: [{ name: siem, type: splunk_hec, url: "http://127.0.0.1:9", token: some-token }]
admin: { listen: off }
`,
  );
  closing.push(
    () => place.remove(),
    () => wandb.close(),
  );
  const thread = new FakeThread();
  const far: NoticingLine = lineOver(thread.far, lineNames.orders);
  far.take(({ type }) => {
    if (type === "drain") far.send({ type: "ended" });
    if (type === "close") far.send({ type: "closed" });
  });
  let asked = 0;
  const startThread = () => Object.assign(thread, { takeArrived: () => void asked++ });
  const terminal = fakeTerminal();
  const config = loadConfig(place.config, { environment: {} });
  const daemon = await startDaemon(config, { ...ambientOf(terminal, config), startThread });
  await eventually("it was asked", () => asked > 0);
  await daemon.stop("SIGTERM");
});

it("ends with what its thread died of before anybody listened", async () => {
  const died = Promise.reject(new RangeError("no such luck"));
  died.catch(() => {});
  const delivery = new RemoteDelivery(new FakeThread(died) as never, {
    spool: spoolOfStore(new MemoryStore([])),
    clock: systemClock,
    tell: () => {},
    conditions: new Conditions(0),
    kept: new Wakeup(systemClock),
    secrets: [],
    endWithinMs: 2_000,
  });
  const stopping = new Stopping(systemClock, 1_000);
  closing.push(() => stopping.now());
  await expect(delivery.run(stopping)).rejects.toThrow("no such luck");
  await delivery.close();
});

/** A thread that does as it is told, and at what `hangsAt` names turns for ever. */
async function hanging(hangsAt: string) {
  const text = `import { parentPort } from "node:worker_threads";
const tell = (notice) => parentPort.postMessage(["orders", notice]);
parentPort.on("message", ([, { type, id }]) => {
  if (type === "${hangsAt}") for (;;);
  if (type === "deadline") tell({ type: "ended" });
  if (type === "close") tell({ type: "closed" });
  if (id !== undefined) tell({ type: "looked_at_files", id });
});`;
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`));
  closing.push(() => thread.terminate());
  const told: Report[] = [];
  const delivery = new RemoteDelivery(Object.assign(thread, { loaded: Promise.resolve() }), {
    spool: spoolOfStore(new MemoryStore([])),
    clock: systemClock,
    tell: (report) => told.push(report),
    conditions: new Conditions(0),
    kept: new Wakeup(systemClock),
    secrets: [],
    endWithinMs: 2_000,
  });
  const stopping = new Stopping(systemClock, 60_000);
  return { delivery, thread, told, stopping, exited: once(thread, "exit") };
}

describe("a thread that hangs", () => {
  it("is named once it has not answered for long, and not while it answers", async () => {
    const it = await hanging("flush");
    for (let looks = 0; looks < 100; looks++) {
      it.delivery.glanceAtFiles();
      expect(it.delivery.hanging()).toEqual([]);
      if (looks % 10 === 0) await it.delivery.lookAtFiles(false);
    }
    await it.delivery.lookAtFiles(false);
    it.delivery.flush();
    for (let looks = 0; looks < 30; looks++) it.delivery.glanceAtFiles();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(it.delivery.hanging()).toEqual(["thread delivery"]);
  });

  it("keeps nobody waiting who has files looked at, and says to a person that nothing is known of them", async () => {
    const it = await hanging("flush");
    it.delivery.flush();
    await Promise.all([it.delivery.lookAtFiles(false), it.delivery.lookAtFiles(true)]);
    expect(it.told).toEqual([
      { type: "service_trouble", text: expect.stringMatching(/^the thread that delivers does not answer: /) },
    ]);
  });

  it("is ended some time after the deadline of a stop, with words for it", async () => {
    const it = await hanging("halt");
    const ended = it.delivery.run(it.stopping);
    it.stopping.now();
    await expect(ended).rejects.toThrow(/^the thread that delivers hangs: the stop has ended it/);
    await it.exited;
    await it.delivery.close();
    expect(it.told).toEqual([]);
  });

  it("is ended while it closes its outputs, which is told", async () => {
    const it = await hanging("close");
    const ended = it.delivery.run(it.stopping);
    it.stopping.now();
    await ended;
    await it.delivery.close();
    await it.exited;
    expect(it.told).toEqual([
      { type: "service_trouble", text: expect.stringContaining("closes its outputs") },
    ]);
  });

  it("is not taken for one that ends in time", async () => {
    const it = await hanging("nothing");
    const ended = it.delivery.run(it.stopping);
    it.stopping.now();
    await ended;
    await it.delivery.close();
    expect(it.told).toEqual([]);
  });
});
