import { describe, expect, it } from "vitest";
import { eventWith, faulty, undated } from "./arbitrary-event.ts";
import { json } from "./texts.ts";

describe("json", () => {
  it("is flat: what the forwarder knows, then W&B's own keys, then the rest", () => {
    const event = eventWith({
      code: 403,
      keys: {
        timestamp: "2026-08-01T13:12:14Z",
        action: "project:read",
        actor_user_id: "1",
        response_code: "403",
      },
      unmapped: [["some_future_key", '{"nested":[1,2,null]}']],
      tags: ["wandb_schema_extra"],
    });
    expect(json(event)).toBe(
      '{"uid":"c0512a32672044b2969474de45b8a721","time":"2026-08-01T13:12:14.000000000Z",' +
        '"observed":"2026-08-01T14:00:00.123456789Z","source":"prod","instance":"mycompany.wandb.io",' +
        '"outcome":"failure","severity":5,"message":"Project read failed (HTTP 403) by user 1",' +
        '"tags":["wandb_schema_extra"],"timestamp":"2026-08-01T13:12:14Z","action":"project:read",' +
        '"actor_user_id":"1","response_code":403,"unmapped":{"some_future_key":{"nested":[1,2,null]}}}',
    );
  });

  it("has no time when the record has none", () => {
    expect(JSON.parse(json(undated(eventWith())))).not.toHaveProperty("time");
  });

  it("says why a record cannot be read, and what it was", () => {
    expect(JSON.parse(json(faulty))).toEqual({
      uid: faulty.uid,
      observed: "2026-08-01T14:00:00.123456789Z",
      source: "prod",
      instance: "mycompany.wandb.io",
      outcome: "unknown",
      severity: 3,
      message: expect.stringContaining("not_json"),
      fault: "not_json",
      raw: faulty.raw,
    });
  });
});
