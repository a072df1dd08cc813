import type { Kind } from "../event/kind.ts";
import type { RegularEvent } from "../event/regular-event.ts";
import { kernel, kernelBytes, kernelPlaces } from "../kernel/kernel.ts";
import type { Origin } from "../record/origin.ts";
import type { Layout } from "./layout.ts";
import { programsGeneration } from "./programs.ts";
import type { SharedText } from "./shared-texts.ts";

const { kindsAt, kindsMost, kindBytes } = kernelPlaces;
const tableBytes = kindsMost * kindBytes;
/** Of a table that is fuller most questions would have to look at several rows. */
const most = kindsMost / 2;

/** A kind, and how its events are written. */
export interface KindRow {
  readonly kind: Kind;
  readonly layout: Layout;
}

/** As many origins as one output has events from. */
const mostOrigins = 64;

/** What one encoder has learnt, for runs of events from one origin each. */
export class RunKinds {
  readonly #tables = new Map<Origin, KernelKinds>();
  #last: { readonly origin: Origin; readonly table: KernelKinds } | undefined;

  of(origin: Origin): KernelKinds {
    if (this.#last?.origin === origin) return this.#last.table;
    const known = this.#tables.get(origin);
    if (known === undefined && this.#tables.size >= mostOrigins) this.#tables.clear();
    const table = known ?? new KernelKinds();
    this.#tables.set(origin, table);
    this.#last = { origin, table };
    return table;
  }
}

/** Whose table lies in the kernel. */
let laid: KernelKinds | undefined;
let lastVersion = 0;

/**
 * Kinds of events of one origin that one encoder has learnt to write, as the kernel finds them by itself
 * (kernel/kinds.ts).
 */
export class KernelKinds {
  /** Another one when nothing is known any more. */
  version = ++lastVersion;
  /** By the number that the kernel knows a kind by. */
  readonly rows: KindRow[] = [];
  /** All that has to be there before events of these kinds are written. */
  readonly shared = new Set<SharedText>();
  /** While it does not lie in the kernel. */
  #table: Buffer | undefined;
  #generation = programsGeneration();

  /** The event that was read last, and written by this layout, is one of a kind that is known from now on. */
  add(event: RegularEvent, layout: Layout): void {
    const { kind, from, to } = event;
    // What is told of an event beside its bytes is for others.
    if (kind.tags.length > 0) return;
    if (this.rows.length >= most) this.#clear();
    this.lay();
    const program = layout.at;
    if (program === -1) return;
    // That may have needed the room of others.
    this.lay();
    const { bytes, records } = layout.most;
    if (kernel.addKind(from, to, program, bytes, records, this.rows.length) === 0) return;
    this.rows.push({ kind, layout });
    for (const text of layout.shared) this.shared.add(text);
  }

  /** Lies in the kernel when it comes back. */
  lay(): void {
    if (this.#generation !== programsGeneration()) this.#clear();
    if (laid === this) return;
    if (laid !== undefined) laid.#takeAway();
    if (this.#table === undefined) kernelBytes.fill(0, kindsAt, kindsAt + tableBytes);
    else kernelBytes.set(this.#table, kindsAt);
    laid = this;
  }

  #takeAway(): void {
    this.#table ??= Buffer.alloc(tableBytes);
    kernelBytes.copy(this.#table, 0, kindsAt, kindsAt + tableBytes);
  }

  #clear(): void {
    this.version = ++lastVersion;
    this.#generation = programsGeneration();
    this.rows.length = 0;
    this.shared.clear();
    this.#table = undefined;
    if (laid === this) laid = undefined;
  }
}
