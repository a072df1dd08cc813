import { expect, it } from "vitest";
import { attentionTo } from "../../src/status/attention.ts";
import { heldBefore } from "../../src/status/held-before.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

it("is what the state says of a hold that no loop tells now", () => {
  const { runtime, state, conditions, clock } = fakeRuntimeView();
  expect(heldBefore(runtime, state)).toEqual([]);
  state.sources = state.sources.map((each) => ({ ...each, held: "forbidden" }));
  state.outputs = state.outputs.map((each) => ({ ...each, held: "tls" }));
  const held = { state: "held", reason: "tls", since: clock.monotonic(), failures: 1, stallsAt: 0 } as const;
  conditions.archive = held;
  conditions.soc = held;
  expect(heldBefore(runtime, state)).toEqual([
    {
      ...{ hop: "source prod", reason: "forbidden" },
      detail: "was held (forbidden), and no read has ended since",
    },
    { hop: "output splunk", reason: "tls", detail: "was held (tls), and nothing has been delivered since" },
  ]);
  expect(attentionTo(runtime, state, () => undefined)).toMatchObject([
    { hop: "source prod", reason: "held_before", detail: expect.stringContaining("forbidden") },
    { hop: "output splunk", reason: "held_before" },
  ]);
});
