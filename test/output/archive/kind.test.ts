import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { StoreError } from "../../../src/archive/archive-store.ts";
import { readArchiveLine } from "../../../src/archive/line.ts";
import { archiveFailure } from "../../../src/output/archive/archive-failure.ts";
import { archiveKind } from "../../../src/output/archive/kind.ts";
import { anyOutputKind } from "../../../src/output/configured.ts";
import type { Output } from "../../../src/output/output.ts";
import { type ArchiveReceiver, startArchiveReceiver } from "../../../src/simulate/archive-receiver.ts";
import { outputContract, type Remote, skipsWithoutReceiver } from "../../contract/output-contract.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { sampleEvents } from "./archiving.ts";

const kind = anyOutputKind(archiveKind);
const never = new AbortController().signal;

function archiveTo(url: string, keys: Readonly<Record<string, unknown>> = {}) {
  return kind.schema.parse({ name: "vault", type: "archive", url, ...keys });
}

/** Plans before each send, as the loop does. */
function planning(output: Output): Output {
  return {
    ...output,
    async send(batch, deadline) {
      const planned = await output.plan?.(batch, { ofRun: true, stored: async () => [] }, deadline);
      return planned?.status === "retry" ? planned : output.send(batch, deadline);
    },
  };
}

outputContract("archive", {
  kind,
  folder: new URL("../../../src/output/archive/", import.meta.url),
  secrets: [],
  skips: {
    ...skipsWithoutReceiver("nobody reads what is stored before it counts"),
    nobody_listens: "a directory that is not there waits for a person, as below",
    cut: "it has no connection",
    hanging: "the directory's own test ends a call in mid-air",
  },
  remote: async () => {
    const receiver = startArchiveReceiver();
    return {
      receiver,
      behave: (behaviour) => {
        if (behaviour !== "wrong_destination") throw new Error(`an archive cannot do this: ${behaviour}`);
        receiver.behave("gone");
      },
      taken: () =>
        receiver.taken().map((line) => {
          const { uid, record } = readArchiveLine(line);
          return { uid, name: JSON.parse(record.toString()).project_name };
        }),
      close: async () => receiver.close(),
    } as Remote & { receiver: ArchiveReceiver };
  },
  output: (remote) =>
    planning(
      archiveTo((remote as Remote & { receiver: ArchiveReceiver }).receiver.url).create(outputContext),
    ),
});

const opened: ArchiveReceiver[] = [];
afterEach(() => {
  for (const receiver of opened.splice(0)) receiver.close();
});
const receiver = () => {
  opened.push(startArchiveReceiver());
  return opened.at(-1) as ArchiveReceiver;
};

it("waits for a person where the directory is gone or open to everybody, and goes on by itself", async () => {
  const { url, folder, behave, count } = receiver();
  const output = planning(archiveTo(url).create(outputContext));
  const batch = payloadsOf(output, sampleEvents(3));
  behave("gone");
  expect(await output.send(batch, never)).toMatchObject({ status: "retry", hold: true, reason: "not_found" });
  behave("open");
  expect(await output.send(batch, never)).toMatchObject({
    status: "retry",
    hold: true,
    reason: "configuration",
  });
  behave("accept");
  expect(await output.send(batch, never)).toMatchObject({ status: "delivered" });
  expect([count(), existsSync(join(folder, "year=2026"))]).toEqual([3, true]);
});

it("takes its directory and its times from the configuration", () => {
  const made = archiveTo("file:///srv/audit/", { roll: "20m", batch: { max_events: 7 } });
  expect(made.config.batch).toEqual({ max_events: 7, max_bytes: 8 * 2 ** 20, max_wait: 1_200_000 });
  expect([made.rolls, made.guarantee, made.destination({})]).toEqual([
    true,
    "acknowledged",
    ["archive file:///srv/audit"],
  ]);
  expect(made.proves("acknowledged")).toContain("was read back");
  expect(made.archive(outputContext)?.attest).toBeUndefined();
  const attested = archiveTo("file:///srv/audit", { attest: true, attest_key_file: "/k.pem" });
  expect(attested.archive(outputContext)?.attest).toEqual({ keyFile: "/k.pem" });
});

it.each([
  [{ url: "/srv/audit" }, "write file:///DIRECTORY"],
  [{ url: "file:///srv/../audit" }, "without . and .."],
  [{ url: "file:///" }, "write file:///DIRECTORY"],
  [{ url: "file://host/srv" }, "write file:///DIRECTORY"],
  [{ url: "file:///srv", attest_key_file: "/k.pem" }, "signs nothing without attest"],
  [{ url: "file:///srv", attest: true, attest_key_file: "k.pem" }, "must be absolute"],
  [{ url: "file:///srv", roll: "2d" }, "must be at most 1d"],
])("refuses %o and says why", (keys, why) => {
  const { error } = kind.schema.safeParse({ name: "vault", type: "archive", ...keys });
  expect(error?.issues.map(({ message }) => message).join()).toContain(why);
});

it("tells what a store says, a deadline, and nothing of a bug", () => {
  const refused = new StoreError("forbidden", "no", "allow it", { hold: true });
  expect(archiveFailure(refused, never)).toEqual({
    ...{ status: "retry", reason: "forbidden", detail: "no", fix: "allow it", hold: true },
  });
  const late = AbortSignal.abort();
  expect(archiveFailure(late.reason, late)).toMatchObject({ status: "retry", reason: "timeout" });
  expect(() => archiveFailure(new TypeError("x"), never)).toThrow("x");
});

it("has a probe that says what is wrong", async () => {
  const { url, folder } = receiver();
  chmodSync(folder, 0o777);
  const [finding] = await archiveTo(url).create(outputContext).probe(never);
  expect(finding).toMatchObject({ level: "problem", fix: expect.stringContaining("chmod o-w") });
});

it("tells its store whether there are manifests", async () => {
  for (const attest of [false, true]) {
    const output = archiveTo(receiver().url, { attest }).create(outputContext);
    const [, finding] = (await output.probe?.(never)) ?? [];
    expect(finding?.fix?.includes("attest: true")).toBe(!attest);
  }
});
