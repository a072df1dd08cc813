import { kernelPlaces } from "../kernel/kernel.ts";
import type { Notes } from "../text/notes.ts";
import { type Part, type Section, Writer } from "../text/writer.ts";
import { Layout } from "./layout.ts";
import type { Blank, Strip } from "./steps.ts";

/** Bytes that are not constant. */
interface Note {
  start: number;
  end: number;
  readonly blank: Blank;
}

/** A section that is not closed yet. */
interface Opened {
  readonly note: Note;
  readonly begun: number;
}

/**
 * Notes what of an event's bytes is not the same for all events of its kind: from that comes their layout.
 */
export class Draft implements Notes<Section, Part<never>> {
  /** What is to be written into. */
  readonly into = new Writer();
  #notes: Note[] = [];
  #opened: Opened[] = [];
  #unforeseen = false;

  /** Of what was written since it was clear; undefined where other events may be written in another way. */
  layout(): Layout | undefined {
    if (this.#unforeseen || this.#opened.length > 0) return undefined;
    const { bytes, size } = this.into;
    const last = { start: size, end: size, blank: { type: "end" } as const };
    let from = 0;
    const strips = [...this.#notes, last].map(({ start, end, blank }): Strip => {
      const constant = bytes.subarray(from, start);
      from = end;
      return { constant, blank };
    });
    return new Layout(strips);
  }

  clear(): void {
    // Whatever an encoder that threw has left of it.
    this.into.notes = this;
    this.into.clear();
    this.#notes = [];
    this.#opened = [];
    this.#unforeseen = false;
  }

  value(key: number, start: number, end: number): void {
    this.#note(start, end, { type: "value", key });
  }

  whole(start: number, end: number): void {
    this.#note(start, end, { type: "whole" });
  }

  part(write: Part<never>, done: boolean, start: number, end: number): void {
    if (done) this.#note(start, end, { type: "part", write });
    else this.#unforeseen = true;
  }

  opened(section: Section, start: number, begun: number): void {
    const note = this.#note(start, begun, { type: "open", section });
    this.#opened.push({ note, begun });
    if (this.#opened.length > kernelPlaces.begunMost) this.#unforeseen = true;
  }

  closed(section: Section, done: boolean, begun: number, before: number, end: number): void {
    const opened = this.#opened.pop();
    if (!done || opened?.begun !== begun) {
      this.#unforeseen = true;
      return;
    }
    // What was inside has made way for what is in front of it.
    const moved = end - before;
    for (const note of this.#notes) {
      if (note === opened.note) note.end += moved;
      else if (note.start >= begun) {
        note.start += moved;
        note.end += moved;
      }
    }
    this.#note(end, end, { type: "close", section });
  }

  takenBack(size: number): void {
    // Of what takes no bytes nobody knows on which side it stands.
    if (this.#notes.some(({ start, end }) => start === size && end === size)) this.#unforeseen = true;
    this.#notes = this.#notes.filter(({ start }) => start < size);
  }

  unforeseen(): void {
    this.#unforeseen = true;
  }

  #note(start: number, end: number, blank: Blank): Note {
    const note = { start, end, blank };
    this.#notes.push(note);
    return note;
  }
}
