import { Readable, Writable } from "node:stream";
import { carriedBy } from "../../src/carried.ts";
import type { Signal, Terminal } from "../../src/command/command.ts";
import { systemRandom } from "../../src/random.ts";
import type { Scrub } from "../../src/secret/scrub.ts";
import { systemClock } from "../../src/time/clock.ts";

export interface FakeTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
  readonly scrubber: () => Scrub | undefined;
  send(signal: Signal): void;
}

/** A terminal whose output can be looked at. */
export function fakeTerminal(given: Partial<Terminal> & { readonly input?: string } = {}): FakeTerminal {
  const { input = "", ...rest } = given;
  const out = collector();
  const err = collector();
  const listeners = new Map<Signal, Set<() => void>>();
  let scrubber: Scrub | undefined;
  return {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: out.stream,
    stderr: err.stream,
    environment: {},
    isTTY: false,
    colors: false,
    stderrIsTTY: false,
    stderrColors: false,
    columns: 100,
    agent: { name: "wandb-audit-forwarder", version: "0.0.0-test" },
    clock: systemClock,
    random: systemRandom,
    content: carriedBy(new URL("../../src/main.ts", import.meta.url).href).content,
    onSignal(signal, then) {
      const all = listeners.get(signal) ?? new Set();
      listeners.set(signal, all.add(then));
      return () => all.delete(then);
    },
    useScrub: (given) => {
      scrubber = given;
    },
    ...rest,
    out: out.text,
    err: err.text,
    scrubber: () => scrubber,
    send: (signal) => {
      for (const then of listeners.get(signal) ?? []) then();
    },
  };
}

function collector() {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _, done) {
      pieces.push(piece);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString() };
}
