import { describe, expect, it } from "vitest";
import type { VolumeRow } from "../../../src/source/stored-log/shelf-progress.ts";
import { endedBefore, idBefore } from "../../../src/source/stored-log/shelf-round.ts";

const name = "audit.ndjson";

function row(id: string, changedAt: number, after?: string): VolumeRow {
  return {
    id,
    name,
    version: `${id} 1`,
    size: 10,
    changedAt,
    end: 10,
    ...(after !== undefined && { after }),
  };
}

function volume(id: string, changedAt = 9) {
  return { id, name, version: `${id} 1`, size: 10, changedAt };
}

describe("what had the name of a file before it", () => {
  it("is the one that changed last, or of those that changed together the one that was read last", () => {
    expect(idBefore([row("a", 1), row("b", 2)], volume("c"))).toBe("b");
    expect(idBefore([row("b", 2), row("a", 1)], volume("c"))).toBe("b");
    expect(idBefore([row("a", 2), row("b", 2)], volume("c"))).toBe("b");
    expect(idBefore([{ ...row("b", 3), name: "other" }, row("a", 2)], volume("c"))).toBe("a");
    expect(idBefore([], volume("c"))).toBeUndefined();
  });

  it("is none that another one has followed, however late that was written to", () => {
    for (const changedAt of [1, 2, 5])
      for (const rows of [
        [row("a", changedAt), row("b", 2, "a")],
        [row("b", 2, "a"), row("a", changedAt)],
      ])
        expect(idBefore(rows, volume("c"))).toBe("b");
  });

  it("stays what it was when it was read first", () => {
    expect(idBefore([row("a", 1), row("b", 2, "a"), row("c", 3)], volume("b"))).toBe("a");
    expect(idBefore([row("a", 1)], volume("a"))).toBeUndefined();
  });

  it("comes with all that ended before it", () => {
    const rows = [row("a", 2), row("b", 2, "a")];
    const known = new Map(["a", "b", "c"].map((id) => [id, volume(id)]));
    const ended = endedBefore(rows, { known }, idBefore(rows, volume("c")));
    expect(ended.map(({ volume: { id } }) => id)).toEqual(["a", "b"]);
  });
});
