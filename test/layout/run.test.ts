import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Shape } from "../../src/deliver/batch.ts";
import { shapeOf } from "../../src/deliver/shape.ts";
import type { Encode } from "../../src/layout/learnt.ts";
import { origin } from "../format/arbitrary-event.ts";
import { allEncoders, learning } from "./encoders.ts";
import { chunkOf, delivered, inRunsAndOneByOne } from "./in-batches.ts";
import { logs } from "./lines.ts";

/** Addresses of IPv4, the shortest and the longest too, and what is nearly one. */
const octets = fc.constantFrom<string>("0", "2", "7", "10", "99", "128", "249", "255");
const nearOctets = fc.constantFrom("00", "01", "010", "256", "260", "300", "1000", "", "1a", "x", "+1", " 1");
const addresses = fc
  .tuple(fc.array(octets, { minLength: 4, maxLength: 4 }), fc.nat(12), nearOctets)
  .map(([all, at, near]) => {
    if (at === 12) return "255.255.255.255";
    if (at === 11) return "0.0.0.0";
    if (at >= 8) return [...all, "1"].slice(0, at === 8 ? 3 : 5).join(".");
    return all.with(at % 4, at < 4 ? near : (all[0] as string)).join(".");
  });

/** Entries of few kinds, as most of a log are. */
const plain = fc
  .array(
    fc.record({
      timestamp: fc.constantFrom(
        "2026-08-01T13:12:14Z",
        "2026-08-01T13:12:14Z",
        "2026-08-01T13:12:15.5+02:00",
      ),
      action: fc.constantFrom("artifact:read", "user:login", "report:read"),
      actor_user_id: fc.constantFrom(7, "QXJ0", "77"),
      actor_email: fc.constantFrom("ann@example.com", "Zoë@Acme-Corp.Example", "nobody", "x@", " a=b\\c@d "),
      actor_ip: fc.oneof(
        fc.constantFrom("10.0.0.1", "203.0.113.77", "203.0.113.77", "2001:db8::1", 7),
        addresses,
      ),
      response_code: fc.constantFrom(200, 200, 200, 403, "200"),
      user_email: fc.constantFrom("ann@example.com", "b@example.com"),
      report_asset: fc.constantFrom("Um", "Vm9="),
      project_name: fc.constantFrom("a", "defect-detector", 'a "quoted" one', "x".repeat(1_100)),
    }),
    { minLength: 30, maxLength: 120 },
  )
  .map((all) => all.map((each) => Buffer.from(JSON.stringify(each))));

/** Which records a chunk has beside what is usual: late ones, of another day, with a fault. */
const odd = fc.constantFrom(...Array.from({ length: 20 }, () => ""), "late", "day", "fault");
const chunks = fc
  .tuple(
    fc.array(fc.oneof(logs, plain), { minLength: 1, maxLength: 3 }),
    fc.array(odd, { minLength: 1, maxLength: 40 }),
  )
  .map(([all, oddities]) => ({ lines: mixed(all), oddities }));

/** What outputs leave out, most of them nothing. */
const filters = [
  undefined,
  undefined,
  { exclude_actions: ["user:*"] },
  { outcome: ["success" as const, "unknown" as const], actions: ["*:read", "user:login"] },
  { min_severity: 4 },
];

/** Neighbours are of several kinds, and come again. */
function mixed(all: readonly (readonly Buffer[])[]): Buffer[] {
  const lines: Buffer[] = [];
  const longest = Math.max(...all.map(({ length }) => length));
  for (let at = 0; at < longest; at += 1)
    for (const log of all) {
      const line = log[at % log.length] as Buffer;
      lines.push(line, ...(at % 3 === 0 ? [line] : []));
    }
  return lines;
}

describe("a run", () => {
  it("gives the same batches as when each event is looked at", { timeout: 120_000 }, async () => {
    const shapes = [...allEncoders].map(([name, encode], at) => {
      const filter = filters[at % filters.length];
      return { name, ...inRunsAndOneByOne(shapeOf({ name: "siem", filter }, [origin], encode)) };
    });
    await fc.assert(
      fc.asyncProperty(
        chunks,
        chunks,
        fc.constantFrom(2_000, 20_000, 1e6),
        fc.nat(shapes.length - 1),
        async (one, other, bytes, first) => {
          const all = [chunkOf(one.lines, one.oddities, 1)];
          all.push(chunkOf(other.lines, other.oddities, 1 + one.lines.length));
          // Two of them at a time, so that each finds the kernel as the other has left it.
          for (const { name, oneByOne, inRuns } of [
            shapes[first],
            shapes[(first + 7) % shapes.length],
          ] as typeof shapes)
            expect(await delivered(all, inRuns, bytes), name).toEqual(await delivered(all, oneByOne, bytes));
        },
      ),
      { numRuns: 400 },
    );
    expect(shapes.reduce((sum, { followed }) => sum + followed(), 0)).toBeGreaterThan(3_000);
  });

  const log = Array.from({ length: 900 }, (_, at) =>
    Buffer.from(
      `{"timestamp":"2026-08-01T13:12:${14 + (at % 2)}Z","action":"artifact:read","actor_user_id":${1_000 + at}}`,
    ),
  );

  /** Gives the log to an encoder, and tells how many of its events went in runs. */
  function follower(name: string): () => Promise<number> {
    const shape = shapeOf({ name: "siem" }, [origin], allEncoders.get(name) as Encode);
    const { inRuns, followed } = inRunsAndOneByOne(shape);
    return async () => {
      const before = followed();
      await delivered([chunkOf(log, [""], 1)], inRuns, 1e7, 1_000);
      return followed() - before;
    };
  }

  it("has almost all events of a log of two kinds", async () => {
    for (const name of allEncoders.keys())
      expect([name, (await follower(name)()) > 890]).toEqual([name, learning.includes(name)]);
  });

  it("knows the kinds still when others had the kernel meanwhile", async () => {
    const [one, other] = [follower("hec cim"), follower("cef")];
    const first = [await one(), await other()];
    const again = [await one(), await other()];
    expect(again[0]).toBeGreaterThan(first[0] as number);
    expect(again[1]).toBeGreaterThan(first[1] as number);
  });

  it("goes on where what it writes has no room in the kernel at once", async () => {
    const line = (at: number) => `{"timestamp":"2026-08-01T13:12:1${at % 2}Z","action":"artifact:read"}`;
    const lines = Array.from({ length: 3_000 }, (_, at) => Buffer.from(line(Math.floor(at / 40))));
    const long = { ...origin, baseUrl: `https://${"x".repeat(600)}.example` };
    const { follow, ...each } = shapeOf({ name: "siem" }, [long], allEncoders.get("hec ecs") as Encode);
    let most = 0;
    const measured: Shape["follow"] = (record, reach, into) =>
      follow?.(record, reach, {
        happened: (time, count) => into.happened(time, count),
        written(from, bytes, ends) {
          most = Math.max(most, bytes.length);
          into.written(from, bytes, ends);
        },
      }) ?? 0;
    const all = [chunkOf(lines, [""], 1)];
    const inRuns = await delivered(all, { ...each, follow: measured }, 1e7, 5_000);
    expect(inRuns).toEqual(await delivered(all, each, 1e7, 5_000));
    expect(most).toBeGreaterThan(900_000);
    expect(most).toBeLessThan(1024 * 1024 - 64 * 1024);
  });
});
