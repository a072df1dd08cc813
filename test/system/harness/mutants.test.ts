import { describe, expect, it } from "vitest";
import { tryHealthy, tryMutants } from "./mutants.ts";
import { sqlitePresent } from "./state.ts";

/** The other harnesses run the program as it is all the time. */
const long = process.env.LONG_TESTS === "yes";

describe.skipIf(!sqlitePresent)("the harness (needs sqlite3)", () => {
  it("finds every planted fault", { timeout: 600_000 }, async () => {
    const verdicts = await tryMutants();
    expect(verdicts.filter(({ found }) => found.length === 0)).toEqual([]);
    expect(verdicts.length).toBeGreaterThanOrEqual(15);
  });

  it.skipIf(!long)(
    `finds nothing in the program as it is (${long ? "" : "skipped: .ci/full runs it"})`,
    { timeout: 300_000 },
    async () => {
      const wrong = (await tryHealthy()).filter(({ found }) => found !== "skipped" && found.length > 0);
      expect(wrong).toEqual([]);
    },
  );
});
