import type { RecordSink } from "../../../src/source/wandb-log/assembly.ts";

/** A sink that keeps what it gets, and takes what ends in a brace for whole. */
export function collected() {
  const all: string[] = [];
  const long: string[] = [];
  const buffers: Buffer[] = [];
  const sink: RecordSink = {
    record(bytes) {
      buffers.push(bytes);
      all.push(bytes.toString());
      return bytes.at(-1) === 0x7d ? "whole" : "broken";
    },
    tooLong: (bytes) => void long.push(bytes.toString()),
  };
  return { sink, all, long, buffers };
}

/** Every way to cut a text of bytes into two, and one byte at a time. */
export function pieces(text: string): Buffer[][] {
  const bytes = Buffer.from(text);
  const halves = Array.from({ length: bytes.length + 1 }, (_, at) => [
    bytes.subarray(0, at),
    bytes.subarray(at),
  ]);
  return [...halves, Array.from(bytes, (byte) => Buffer.from([byte]))];
}
