import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { redactor } from "../../src/event/redact.ts";
import { compareExported } from "../../src/evidence/exported-uids.ts";
import { formatNames, formats } from "../../src/format/all.ts";
import { formatted } from "../../src/format/format.ts";
import type { RedactConfig } from "../../src/schema/redact.ts";
import { Secret } from "../../src/secret/secret.ts";
import { eventOf } from "../format/vectors.ts";

const hex = (number: number) => number.toString(16).padStart(32, "0");
const key = (number: number) => Buffer.from(hex(number), "hex").toString("latin1");
const lines = (texts: readonly string[]) => Readable.from(texts) as AsyncIterable<string>;

it("takes the first uid of a line, whatever stands around it", async () => {
  const texts = [
    "event_uid,_time",
    hex(1),
    `"${hex(2)}",5`,
    `{"uid":"${hex(3).toUpperCase()}","hash":"${"ab".repeat(32)}"}`,
    `${hex(4)} ${hex(5)}`,
    `${"ab".repeat(32)}`,
    "",
  ];
  const found = await compareExported(lines(texts), new Set([1, 2, 3, 4, 5].map(key)));
  expect(found).toEqual({
    ...{ lines: 4, uids: 4, missing: 1, missingUids: [hex(5)], unknown: 0, unknownUids: [] },
  });
});

const artifactRead = {
  ...{ timestamp: "2026-08-01T13:12:24Z", action: "artifact:read", response_code: 200 },
  ...{ actor_user_id: 1042, actor_email: "ada@example.com", project_asset: 5 },
  artifact_digest: "6f1ed002ab5595859014ebf0951522d9",
};

// The others have it beside the event.
const within = formatNames.filter((name) => name !== "raw" && name !== "cim");

it.each(within)("finds the uid in a line of %s, and not what looks like one", async (name) => {
  const format = formatted(formats[name]({ name: "wandb-audit-forwarder", version: "1.0.0" }));
  for (const id of ["k1", undefined]) {
    const pseudonymize = ["actor_user_id", "actor_email"];
    const redact = redactor({
      drop: [],
      pseudonymize,
      keys: [{ id, key: new Secret("pepper") }],
    } as RedactConfig);
    const event = eventOf(
      JSON.stringify({ ...artifactRead, project_name: ` externalId=${hex(8)} "uid":"${hex(9)}"` }),
      hex(7),
    );
    const found = await compareExported(lines([format(redact(event))]), new Set([7, 8, 9].map(key)));
    expect(found).toMatchObject({ uids: 1, unknown: 0, missingUids: [hex(8), hex(9)] });
  }
});

it("takes no pseudonym for a uid", async () => {
  const found = await compareExported(lines([`k1_${hex(1)},${hex(2)}`]), new Set([2].map(key)));
  expect(found).toMatchObject({ missing: 0, unknown: 0 });
});

it("counts what set arithmetic counts, and names a hundred", async () => {
  const some = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(some, some, async (exported, day) => {
      const [there, wanted] = [new Set(exported), new Set(day)];
      const missing = [...wanted].filter((each) => !there.has(each));
      const unknown = [...there].filter((each) => !wanted.has(each));
      const found = await compareExported(lines(exported.map(hex)), new Set(day.map(key)));
      expect(found).toEqual({
        ...{ lines: exported.length, uids: there.size },
        ...{ missing: missing.length, missingUids: missing.slice(0, 100).map(hex) },
        ...{ unknown: unknown.length, unknownUids: unknown.slice(0, 100).map(hex) },
      });
    }),
    { numRuns: 50 },
  );
});
