import type { AuditEvent } from "../event/event.ts";
import type { Kind } from "../event/kind.ts";
import { RegularEvent } from "../event/regular-event.ts";
import { Writer } from "../text/writer.ts";
import { Draft } from "./draft.ts";
import type { RunKinds } from "./kernel-kinds.ts";
import type { Layout } from "./layout.ts";

/** Writes an event behind what is in `into`; see `Format`, which is one. */
export type Encode = (event: AuditEvent, into: Writer) => void;

/** So many events are written in both ways before the layout of their kind is relied on. */
const proofsWanted = 2;

/** What is known of a kind. */
interface Lesson {
  readonly kind: Kind;
  /** Absent until a second event has come: what comes once need not be learnt. */
  layout?: Layout | undefined;
  /** -1: its events are written each in its own way. */
  proofs: number;
  /** The version of the table that has it. */
  noted: number;
}

/**
 * Writes the same as `encode`, and most of it faster: learns from the events that come how those of a kind
 * are written, and copies from then on. What it cannot learn `encode` writes. What it has learnt is noted in
 * `kinds`, for runs of events.
 */
export function learnt(encode: Encode, kinds?: RunKinds): Encode {
  /** By the number of the kind. */
  const lessons: (Lesson | undefined)[] = [];
  const draft = new Draft();
  const proof = new Writer();

  function learn(lesson: Lesson, event: RegularEvent, into: Writer): void {
    draft.clear();
    encode(event, draft.into);
    const { into: drafted } = draft;
    into.constant(drafted.written());
    if (lesson.layout === undefined) {
      lesson.layout = draft.layout();
      if (lesson.layout === undefined) lesson.proofs = -1;
      return;
    }
    proof.clear();
    const same = lesson.layout.write(event, proof) && proof.written().equals(drafted.written());
    lesson.proofs = same ? lesson.proofs + 1 : -1;
  }

  return (event, into) => {
    if (!(event instanceof RegularEvent)) return encode(event, into);
    // A mixture of two events would look like one.
    if (!event.isLast) throw new Error("an event is written after another was read: this is a bug");
    const { kind } = event;
    const lesson = lessons[kind.number];
    if (lesson?.kind !== kind) {
      lessons[kind.number] = { kind, proofs: 0, noted: 0 };
      return encode(event, into);
    }
    if (lesson.proofs === -1) return encode(event, into);
    if (lesson.proofs < proofsWanted) return learn(lesson, event, into);
    const { size } = into;
    const { layout } = lesson;
    if (layout?.write(event, into)) {
      const table = kinds?.of(event.origin);
      if (table !== undefined && table.version !== lesson.noted) {
        table.add(event, layout);
        lesson.noted = table.version;
      }
      return;
    }
    into.takeBack(size);
    encode(event, into);
  };
}
