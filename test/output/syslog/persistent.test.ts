import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../../src/output/syslog/connection.ts";
import { NotSyslog } from "../../../src/output/syslog/foreign.ts";
import { persistent } from "../../../src/output/syslog/persistent.ts";
import type { Receiver } from "../../../src/output/syslog/receiver.ts";
import { ManualClock } from "../../fake/manual-clock.ts";

const never = new AbortController().signal;
const ended = new Error("the receiver ended the connection");
const bytes = Buffer.from("9 <110>1 - -");

/** A receiver whose connections are ended, broken and refused by the test. */
function remote(endIsLoss = false) {
  const state = { over: false, failure: undefined as Error | undefined, refuses: false, made: 0 };
  const make = (): Connection => ({
    socket: new Socket(),
    isOver: () => state.over,
    heard: () => Buffer.alloc(0),
    failure: () => state.failure,
    roundTripMs: 0,
    ageMs: () => 0,
    write: async () => {
      if (state.refuses) throw new Error("write EPIPE");
    },
    settle: async () => {},
    stay: async () => {},
    step: () => Promise.reject(new Error("not asked for here")),
    finish: async () => {},
    destroy: () => {},
  });
  const receiver: Receiver = {
    connect: async () => {
      Object.assign(state, { over: false, failure: undefined, refuses: false });
      state.made++;
      return make();
    },
    during: (_connection, _deadline, work) => work(),
    meet: async () => ({ closes: false, said: Buffer.alloc(0) }),
    refusal: async () => undefined,
    staysOpen: async () => {},
    reload: () => false,
    close() {},
  };
  return { state, lasting: persistent(receiver, { clock: new ManualClock(0), endIsLoss }) };
}

describe("a connection that stays open", () => {
  it("is made anew without a word when the receiver ended it in good order", async () => {
    const { state, lasting } = remote();
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
    Object.assign(state, { over: true, failure: ended });
    expect(lasting.isOpen()).toBe(false);
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
    expect(state.made).toBe(2);
  });

  it("says once that it was ended, where nobody agreed to do without confirmation", async () => {
    const { state, lasting } = remote(true);
    await lasting.send(bytes, never);
    Object.assign(state, { over: true, failure: ended });
    expect(() => lasting.isOpen()).toThrow(
      "the receiver ended the connection: what was sent last over this connection may not have arrived",
    );
    expect(lasting.isOpen()).toBe(false);
    await lasting.send(bytes, never);
    lasting.drop();
    expect(lasting.isOpen()).toBe(false);
    Object.assign(state, { over: true, failure: ended });
    expect(lasting.isOpen(), "what we ended is no loss").toBe(false);
  });

  it("says once that it broke after a send: what was sent last may not have arrived", async () => {
    const { state, lasting } = remote();
    await lasting.send(bytes, never);
    const failure = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    Object.assign(state, { over: true, failure });
    await expect(lasting.send(bytes, never)).rejects.toMatchObject({
      code: "ECONNRESET",
      message: "read ECONNRESET: what was sent last over this connection may not have arrived",
    });
    expect(state.made).toBe(1);
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
  });

  it("says who spoke on it in place of a receiver, whatever was agreed on", async () => {
    const { state, lasting } = remote();
    await lasting.send(bytes, never);
    Object.assign(state, { over: true, failure: new NotSyslog("an HTTP server answers", "check the port") });
    await expect(lasting.send(bytes, never)).rejects.toMatchObject({
      name: "NotSyslog",
      message: "an HTTP server answers: what was sent last over this connection may not have arrived",
      fix: "check the port",
    });
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
  });

  it("is not used again after it was dropped, but may be under way until then: its loss is told", async () => {
    const { state, lasting } = remote(true);
    await lasting.send(bytes, never);
    lasting.drop();
    Object.assign(state, { over: true, failure: ended });
    expect(() => lasting.isOpen()).toThrow("may not have arrived");
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
    expect(await lasting.send(bytes, never)).toEqual({ fresh: false });
    lasting.drop();
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
    expect(state.made).toBe(3);
  });

  it("does not say it of a send that failed already", async () => {
    const { state, lasting } = remote();
    await lasting.send(bytes, never);
    state.refuses = true;
    await expect(lasting.send(bytes, never)).rejects.toThrow("EPIPE");
    Object.assign(state, { over: true, failure: new Error("write EPIPE") });
    expect(lasting.isOpen()).toBe(false);
    expect(await lasting.send(bytes, never)).toEqual({ fresh: true });
  });
});
