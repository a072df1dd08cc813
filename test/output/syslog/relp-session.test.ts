import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { open } from "../../../src/output/syslog/connection.ts";
import { openRelp, RelpRefused } from "../../../src/output/syslog/relp-session.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { agent } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A connection to a peer that is played by the test. */
async function connected() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, "connection") as Promise<[Socket]>;
  const patience = { clock: systemClock, deadline: AbortSignal.timeout(5000) };
  const connection = await open({ transport: "relp", host: "127.0.0.1", port }, undefined, patience);
  const [peer] = await arrived;
  peer.on("error", () => {});
  undo.push(
    () => peer.destroy(),
    () => connection.destroy(),
  );
  let said = "";
  peer.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
  const hears = (text: string) => expect.poll(() => said, { timeout: 5_000 }).toContain(text);
  return { connection, peer, hears, said: () => said };
}

const frame = (head: string, data: string) => `${head} ${Buffer.byteLength(data)} ${data}\n`;
const welcome = frame("1 rsp", "200 OK\nrelp_version=0\ncommands=syslog,eventlog");
const message = (text: string) => ({ count: 1, at: () => Buffer.from(text) });
const none = () => {};

describe("a session of RELP", () => {
  it("begins with what we speak and what the receiver does", async () => {
    const { connection, peer, hears, said } = await connected();
    const opening = openRelp(connection, agent);
    await hears("commands=syslog\n");
    const offers = ["relp_version=0", "relp_software=wandb-audit-forwarder,0.0.0", "commands=syslog"];
    expect(said()).toBe(frame("1 open", offers.join("\n")));
    peer.write(welcome);
    expect((await opening).software).toBeUndefined();
  });

  it.each([
    ["500 go elsewhere", "go elsewhere", RelpRefused],
    ["200 OK\ncommands=eventlog,sysinfo", "takes no syslog", RelpRefused],
    ["yes!", "without a code", Error],
  ])("does not begin with %j", async (answer, words, kind) => {
    const { connection, peer, hears } = await connected();
    const opening = openRelp(connection, agent).catch((error: unknown) => error);
    await hears("open");
    peer.write(frame("1 rsp", answer));
    const error = await opening;
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(words);
  });

  it("takes answers in any order, and rejects when one is missing at the end", async () => {
    const { connection, peer, hears } = await connected();
    const opening = openRelp(connection, agent);
    await hears("open");
    peer.write(welcome);
    const session = await opening;
    const answers: [number, string | undefined][] = [];
    const three = { count: 3, at: (index: number) => Buffer.from(`m${index}`) };
    const sent = session.transfer(three, 8, (index, refusal) => answers.push([index, refusal]));
    await hears("4 syslog 2 m2\n");
    peer.write("4 rsp 6 200 OK\n2 rsp 8 500 full\n");
    await expect
      .poll(() => answers)
      .toEqual([
        [2, undefined],
        [0, "500 full"],
      ]);
    peer.end();
    await expect(sent).rejects.toThrow("before it had everything");
  });

  it("RELP-WRONG-TXNR: rejects an answer that comes twice, and one to nothing", async () => {
    const { connection, peer, hears } = await connected();
    const opening = openRelp(connection, agent);
    await hears("open");
    peer.write(welcome);
    const session = await opening;
    const sent = session.transfer(message("x"), 8, none);
    await hears("syslog");
    peer.write("2 rsp 6 200 OK\n");
    await sent;
    const next = session.transfer(message("y"), 8, none);
    await hears("3 syslog");
    peer.write("2 rsp 6 200 OK\n");
    await expect(next).rejects.toThrow("what was not asked");
  });

  it("is over when the receiver says so, and has nothing to do with nothing", async () => {
    const { connection, peer, hears } = await connected();
    const opening = openRelp(connection, agent);
    await hears("open");
    peer.write(welcome);
    const session = await opening;
    await session.transfer({ count: 0, at: () => Buffer.alloc(0) }, 8, none);
    peer.write("0 serverclose 0\n");
    await expect.poll(() => connection.isOver()).toBe(true);
    await expect(session.transfer(message("x"), 8, none)).rejects.toThrow("shuts down");
  });
});
