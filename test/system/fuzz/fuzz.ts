import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { below, mutated, type Random } from "./mutate.ts";

/** Something that takes bytes from outside. */
export interface Target {
  readonly name: string;
  /** How many inputs a run has that names none. */
  readonly inputs: number;
  /** An input that takes longer is a hang: CPU time, or with `waits` time on the wall. */
  readonly slowMs: number;
  readonly waits?: boolean;
  readonly seeds: () => readonly Buffer[];
  /** An input that is nearly right, made by its grammar. */
  readonly invent?: (random: Random) => Buffer;
  readonly open: () => Opened | Promise<Opened>;
}

export interface Opened {
  /** Throws when a promise was broken; what the target is allowed to throw it keeps to itself. */
  readonly run: (input: Buffer, random: Random) => void | Promise<void>;
  readonly close?: () => void | Promise<void>;
}

export interface Figures {
  readonly inputs: number;
  readonly seconds: number;
  readonly slowestMs: number;
  /** Memory in use after the last tenth minus that after the first tenth. */
  readonly grownBytes: number;
}

export interface Orders {
  readonly inputs: number;
  readonly seed: number;
  /** Only this one. */
  readonly only?: number | undefined;
  /** Told before each input. */
  readonly onInput?: (index: number) => void;
  readonly collect: () => void;
}

const mostGrown = 24 * 2 ** 20;

/** Each input follows from the seed and its number alone, so that one that fails can be had again without the others. */
export async function fuzz(
  target: Target,
  { inputs, seed, only, onInput, collect }: Orders,
): Promise<Figures> {
  const seeds = target.seeds();
  const { run, close } = await target.open();
  const memory = async () => {
    // What lies outside of the heap is let go a little later.
    for (let times = 0; times < 3; times++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const began = performance.now();
  let slowestMs = 0;
  let early = Number.POSITIVE_INFINITY;
  try {
    for (let index = only ?? 0; index <= (only ?? inputs - 1); index++) {
      if (index === Math.ceil(inputs / 10)) early = await memory();
      const random = seededRandom(seed * 1_000_003 + index);
      for (let warm = 3; warm > 0; warm--) random();
      const input =
        index < seeds.length
          ? (seeds[index] as Buffer)
          : target.invent !== undefined && below(random, 2) === 0
            ? target.invent(random)
            : mutated(seeds, random);
      onInput?.(index);
      const started = elapsedMs(target);
      try {
        await run(input, random);
      } catch (error) {
        throw new Error(`${target.name}, input ${index} of seed ${seed}: ${shown(input)}`, { cause: error });
      }
      const took = elapsedMs(target) - started;
      slowestMs = Math.max(slowestMs, took);
      if (took > target.slowMs)
        throw new Error(
          `${target.name}, input ${index} of seed ${seed} took ${Math.round(took)} ms: ${shown(input)}`,
        );
    }
    const grownBytes = (await memory()) - early;
    if (inputs >= 5_000 && grownBytes > mostGrown)
      throw new Error(`${target.name}: memory grew by ${Math.round(grownBytes / 2 ** 20)} MiB`);
    return { inputs, seconds: (performance.now() - began) / 1000, slowestMs, grownBytes };
  } finally {
    await close?.();
  }
}

/** A busy machine must not look like a slow program. */
function elapsedMs({ waits }: Target): number {
  if (waits === true) return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function shown(input: Buffer): string {
  const text = JSON.stringify(input.toString("latin1"));
  return text.length > 600 ? `${text.slice(0, 600)}… (${input.length} bytes)` : text;
}

/** Nothing that was read may have reached what every object has. */
export function expectUnpolluted(): void {
  const found = Object.keys(Object.prototype).concat(Object.keys(Array.prototype));
  if (found.length > 0) throw new Error(`prototypes have new keys: ${found.join(", ")}`);
}

/** Throws unless `error` is one of those that are meant to be thrown. */
export function expectMeant(error: unknown, ...names: string[]): void {
  if (!(error instanceof Error) || !names.includes(error.name)) throw error;
}
