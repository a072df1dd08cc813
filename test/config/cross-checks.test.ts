// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { describe, expect, test } from "vitest";
import { around, good, problemsIn } from "./load-text.ts";

describe("parts that do not fit together", () => {
  const twice = good.replace(
    "outputs:",
    "  - name: again\n    type: feed\n    url: https://acme.example/base\n    api_key: ${WANDB_API_KEY}\noutputs:",
  );

  test("two sources of one instance are refused, unless each is given its own", () => {
    expect(problemsIn(twice, around)).toEqual([
      expect.stringContaining("8:5: sources[1].instance: sources[0] reads the same W&B instance"),
    ]);
    expect(problemsIn(twice.replace("/base\n", "/base\n    instance: other\n"), around)).toEqual([]);
  });

  test("outputs that lose unnoticed must not be the only ones", () => {
    const lossy = `${good}    lossy: true\n`;
    expect(problemsIn(lossy, around)).toEqual([
      expect.stringContaining("nothing tells whether the only output gets what it is sent"),
    ]);
    expect(problemsIn(`${lossy}  - { name: second, type: collector }\n`, around)).toEqual([]);
  });

  test.each(["0.0.0.0:9464", "[::]:9464", "10.0.0.1:9464", "forwarder.example:9464"])(
    "a listener on %s needs a token",
    (listen) => {
      expect(problemsIn(`${good}admin: { listen: "${listen}" }\n`, around)).toEqual([
        expect.stringMatching(/^12:18: admin.listen: others can reach this address/),
      ]);
      expect(
        problemsIn(`${good}admin: { listen: "${listen}", token: "\${WANDB_API_KEY}" }\n`, around),
      ).toEqual([]);
    },
  );

  test.each(["127.0.0.1:0", "127.9.9.9:80", "[::1]:9464", "localhost:9464", "off"])(
    "a listener on %s needs none",
    (listen) => {
      expect(problemsIn(`${good}admin: { listen: "${listen}" }\n`, around)).toEqual([]);
    },
  );

  test("a listener that is no address is refused", () => {
    for (const listen of ["9464", ":9464", "::1:9464", "[127.0.0.1]:1", "localhost:65536"]) {
      expect(problemsIn(`${good}admin: { listen: "${listen}" }\n`, around)).toEqual([
        expect.stringContaining("not an address"),
      ]);
    }
  });

  const now = Date.parse("2026-08-20T12:00:00Z");
  const from = (start: string) => good.replace("type: feed\n", `type: feed\n    start: "${start}"\n`);

  test("a start that is still to come is refused, with both times", () => {
    for (const start of ["2027-08-01", "2026-08-21", "2026-08-20T12:02:00Z"])
      expect(problemsIn(from(start), { ...around, now })).toEqual([
        expect.stringMatching(
          /^6:12: sources\[0\].start: is still to come: 202\d-08-\d\dT.*, and this machine's clock says 2026-08-20T12:00:00.000Z/,
        ),
      ]);
  });

  test("a start today, in the past, or within the difference that clocks have, is none", () => {
    for (const start of ["2026-08-20", "2026-08-20T12:00:50Z", "2020-01-01", "now", "0s", "90d"])
      expect(problemsIn(from(start), { ...around, now })).toEqual([]);
  });

  test("a start that had passed when the file was written is right: the clock has been set back", () => {
    const written = { ...around, now: 0, writtenAt: now };
    expect(problemsIn(from("2026-08-20"), written)).toEqual([]);
    expect(problemsIn(from("2026-08-21"), written)).toHaveLength(1);
  });
});
