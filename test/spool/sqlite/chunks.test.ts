import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, it } from "vitest";
import { keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const state = new SpoolDirectory();
afterEach(() => state.remove());

it("a chunk has 1.25 MiB or 8,192 records at most: whoever reads one makes objects of all", () => {
  const spool = state.open();
  keep(
    spool,
    "prod",
    Array.from({ length: 9_000 }, (_, at) => record(`${at}`)),
  );
  const large = Array.from({ length: 3 }, (_, at) => record(`large ${at}`, { bytes: Buffer.alloc(700_000) }));
  keep(spool, "prod", large);
  state.close();
  const db = new DatabaseSync(state.file("spool.db"), { readOnly: true });
  const counts = db.prepare("SELECT count FROM chunk ORDER BY first_seq").all();
  db.close();
  expect(counts.map(({ count }) => count)).toEqual([8192, 808, 1, 1, 1]);
});
