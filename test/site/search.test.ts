import { expect, it } from "vitest";
import { fuzziness } from "../../site/search.ts";

it("takes numbers and names as they are typed, and words as they are meant", () => {
  expect(["413", "event_uid", "v2", "bakfill"].map(fuzziness)).toEqual([false, false, false, 0.2]);
});

it("stands alone, as the site carries its text into the browser", () => {
  const carried = new Function(`return ${fuzziness.toString()}`)();
  expect([carried("413"), carried("spool")]).toEqual([false, 0.2]);
});
