import type { NewScratch } from "../../src/ingest/identity-table.ts";
import { inMemory } from "../../src/spool/sqlite/database.ts";
import { scratchRoom } from "../../src/spool/sqlite/scratch.ts";

/** Scratch that counts the blocks that are asked of it, and has no room on demand. */
export class CountedScratch {
  open = 0;
  reads = 0;
  writes = 0;
  full = false;

  readonly new: NewScratch = (blockBytes) => {
    const scratch = scratchRoom(inMemory, () => {}).make(blockBytes);
    this.open++;
    return {
      write: (first, bytes) => {
        this.writes += bytes.length / blockBytes;
        if (this.full) throw new Error("no room");
        scratch.write(first, bytes);
      },
      read: (block, into) => {
        this.reads += into.length / blockBytes;
        scratch.read(block, into);
      },
      close: () => {
        this.open--;
        scratch.close();
      },
      byteLength: 0,
    };
  };
}
