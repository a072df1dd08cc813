import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pieces } from "../../../src/source/wandb-log/pieces.ts";

const sizes = fc.array(fc.nat(40), { maxLength: 400 });

describe("Pieces", () => {
  it("are what was added, in its order, however it came", () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), (lengths, whole) => {
        const pieces = new Pieces();
        const text = lengths.map((length, at) => String.fromCharCode(97 + (at % 26)).repeat(length));
        for (const each of text) pieces.add(Buffer.from(each));
        expect(pieces.size).toBe(text.join("").length);
        const taken = whole ? [pieces.takeWhole()] : pieces.take();
        expect(Buffer.concat(taken).toString()).toBe(text.join(""));
        expect([pieces.size, pieces.count]).toEqual([0, 0]);
      }),
    );
  });

  it("stay few, in whatever sizes they come", () => {
    fc.assert(
      fc.property(sizes, (lengths) => {
        const pieces = new Pieces();
        for (const length of lengths) pieces.add(Buffer.alloc(length));
        expect(pieces.count).toBeLessThan(48);
      }),
    );
    const one = new Pieces();
    for (let count = 0; count < 300_000; count++) one.add(Buffer.from("x"));
    expect(one.count).toBeLessThan(64);
    expect(one.takeWhole().length).toBe(300_000);
  });

  it("are not copied while they are few", () => {
    const pieces = new Pieces();
    const [first, second] = [Buffer.from("one"), Buffer.from("two")];
    pieces.add(first);
    expect(pieces.takeWhole()).toBe(first);
    pieces.add(first);
    pieces.add(second);
    expect(pieces.take()).toEqual([first, second]);
  });
});
