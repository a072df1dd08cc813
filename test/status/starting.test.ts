import { expect, it } from "vitest";
import { idleSince } from "../../src/status/condition.ts";
import { history } from "../../src/status/history.ts";
import { startingHops } from "../../src/status/starting.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

it("names what nothing is known of since the start, and not what fails, has ended or has nothing to do", () => {
  const { runtime, conditions, state, spooled, clock } = fakeRuntimeView();
  const past = history(runtime);
  const starting = () => startingHops(runtime, spooled().state, past);
  expect(starting()).toEqual(["source prod", "source archive"]);
  conditions.prod = { ...idleSince(0), state: "retrying", reason: "connect" };
  conditions.archive = { ...idleSince(0), state: "stopped" };
  expect(starting()).toEqual([]);
  const backlog = { suspects: 0, events: 7, oldestObserved: clock.now() - 3_700_000 };
  state.outputs = state.outputs.map((output) => ({ ...output, backlog }));
  conditions.soc = { ...idleSince(0), state: "held", reason: "tls" };
  expect(starting()).toEqual(["output splunk"]);
  // What waits on purpose says nothing.
  const rolling = runtime.outputs.map((output) => ({ ...output, rollMs: 7_200_000 }));
  expect(startingHops({ ...runtime, outputs: rolling }, spooled().state, past)).toEqual([]);
});

it("names no output whose first event has come long after the start", () => {
  const { runtime, conditions, state, spooled, clock } = fakeRuntimeView();
  conditions.prod = { ...idleSince(0), state: "stopped" };
  conditions.archive = { ...idleSince(0), state: "stopped" };
  const backlog = { suspects: 0, events: 1, oldestObserved: clock.now() - 1_000 };
  state.outputs = state.outputs.map((output) => ({ ...output, backlog }));
  const startedAgo = (ms: number) => ({ ...runtime, startedMonotonic: clock.monotonic() - ms });
  const starting = (ms: number) => startingHops(startedAgo(ms), spooled().state, history(runtime));
  expect(starting(10_000)).toEqual(["output splunk", "output soc"]);
  expect(starting(3_600_000)).toEqual([]);
});
