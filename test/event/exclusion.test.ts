import { describe, expect, it } from "vitest";
import { exclusion } from "../../src/event/exclusion.ts";
import type { OwnFact } from "../../src/own/own-fact.ts";
import { eventWith } from "../format/arbitrary-event.ts";
import { ownEvent } from "../own/own-event.ts";

const held: OwnFact = { action: "output_held", output: "splunk", reason: "configuration" };

describe("what keeps an event from an output", () => {
  it("is its filter, of an event of W&B", () => {
    const event = eventWith({ action: "run:delete" });
    expect(exclusion("splunk", undefined)(event)).toBeUndefined();
    expect(exclusion("splunk", { actions: ["user:*"] })(event)).toBe("actions: [user:*]");
  });

  it("is never a filter, of an own one, but that it is about this output", () => {
    const none = { actions: ["nothing"], min_severity: 10 };
    expect(exclusion("archive", none)(ownEvent(held))).toBeUndefined();
    expect(exclusion("splunk", undefined)(ownEvent(held))).toMatch(/about this output/);
  });

  it("is nothing, of a heartbeat", () => {
    const beat: OwnFact = { action: "heartbeat", output: "splunk", backlog: 0, lag_seconds: 0, sources: [] };
    expect(exclusion("splunk", { actions: ["nothing"] })(ownEvent(beat))).toBeUndefined();
  });
});
