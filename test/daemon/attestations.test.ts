import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { checkChain } from "../../src/archive/chain.ts";
import { manifestName, mostNamed, readManifest } from "../../src/archive/manifest.ts";
import { plannedStem } from "../../src/archive/names.ts";
import { Attestations } from "../../src/daemon/attestations.ts";
import type { Report } from "../../src/report/report.ts";
import { dayText } from "../../src/time/clock.ts";
import { MemoryArchive } from "../fake/memory-archive.ts";
import { counted, dayMs, keep, move, record, settled, today } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

const { privateKey: key } = generateKeyPairSync("ed25519");
const never = new AbortController().signal;
const digest = "ab".repeat(32);

function subject(state: SpoolDirectory, archive = new MemoryArchive()) {
  const store = state.open({ outputs: ["store"], sources: ["prod"] });
  const reports: Report[] = [];
  const attestations = new Attestations({
    archives: [
      {
        output: "store",
        store: archive,
        key,
        timeoutMs: 1000,
        failed: (error) => ({
          status: "retry",
          reason: "server_error",
          detail: String(error),
          fix: "mend it",
        }),
      },
    ],
    books: store.archives,
    clock: state.clock,
    tell: (report) => reports.push(report),
  });
  const manifests = () =>
    [...archive.files].flatMap(([name, text]) =>
      name.startsWith("manifests/") ? [readManifest(text.toString()).manifest] : [],
    );
  return { store, archive, attestations, reports, manifests };
}

function stored(store: ReturnType<SpoolDirectory["open"]>, name: string) {
  keep(store, "prod", [record(name)]);
  const { position } = store.standing("store");
  const { counts } = settled(store.read(position, { events: 1, bytes: 1 }));
  const file = { name, day: today, size: 7, sha256: digest, records: 1 };
  store.settle("store", { ...move(position + 1, counts), files: [file] });
}

function close(store: ReturnType<SpoolDirectory["open"]>, day: number, at = 7) {
  const closed = { day, records: 1, identities: 1, digest };
  store.finishStep({ progress: { source: "prod", unplanned: true }, closed }, counted(), at);
}

it("once a UTC date names what is new since the last manifest, and tells it in an own event", async () => {
  const state = new SpoolDirectory();
  try {
    const { store, attestations, reports, manifests } = subject(state);
    stored(store, "a");
    close(store, today - 1);
    await attestations.attestDue(never);
    await attestations.attestDue(never);
    expect(manifests()).toHaveLength(1);
    expect(manifests()[0]).toMatchObject({
      ...{ number: 0, date: "2026-08-01", files: [{ name: "a", records: 1 }], dead_letters: [], gaps: [] },
      days: [{ source: "prod", day: "2026-07-31", closing: 1, digest, kept: 0, outputs: [] }],
    });
    expect(reports).toMatchObject([{ type: "archive_attested", manifest: 0, files: 1, days: 1 }]);
    const told = Buffer.from(
      store.read(store.head() - 1, { events: 1, bytes: 1 })[0]?.bytes ?? [],
    ).toString();
    expect(JSON.parse(told)).toMatchObject({
      ...{ action: "wandb-audit-forwarder:archive_attested", output: "store", number: 0, files: 1 },
      hash: store.archives.head("store")?.hash,
    });
    state.clock.advance(86_400_000);
    close(store, today - 1);
    await attestations.attestDue(never);
    expect(manifests()[1]).toMatchObject({ number: 1, files: [], days: [{ day: "2026-07-31", closing: 2 }] });
  } finally {
    state.remove();
  }
});

it("a manifest that was stored and not noted is gone on from, and nothing of it is named twice", async () => {
  const state = new SpoolDirectory();
  try {
    const { store, archive, attestations, reports, manifests } = subject(state);
    stored(store, "a");
    archive.troubles.push("cut");
    await attestations.attestDue(never);
    expect(reports).toMatchObject([{ type: "archive_attest_failed", fix: "mend it" }]);
    await attestations.attestDue(never);
    expect(manifests()).toHaveLength(1);
    stored(store, "b");
    state.clock.advance(400_000);
    await attestations.attestDue(never);
    expect(manifests().map(({ files }) => files.map(({ name }) => name))).toEqual([["a"], ["b"]]);
    expect(manifests()[1]?.recovered).toContain("manifest 0 is in the archive");
    expect(reports.at(-1)).toMatchObject({ type: "archive_attested", manifest: 1, files: 1 });
    expect(store.archives.unattested("store").files).toEqual([]);
  } finally {
    state.remove();
  }
});

it("tells the same failure once, and a changed archive each time", async () => {
  const state = new SpoolDirectory();
  try {
    const { archive, attestations, reports, manifests } = subject(state);
    for (let again = 0; again < 3; again++) {
      archive.troubles.push("fail");
      await attestations.attestDue(never);
      state.clock.advance(400_000);
    }
    expect(reports.map(({ type }) => type)).toEqual(["archive_attest_failed"]);
    await attestations.attestDue(never);
    archive.files.delete(manifestName({ number: 0 }));
    state.clock.advance(86_400_000);
    await attestations.attestDue(never);
    expect(reports.slice(2)).toMatchObject([
      { type: "archive_differs", detail: "manifest 0 was written, and is not in the archive any more" },
      { type: "archive_attested", manifest: 1 },
    ]);
    expect(manifests()[0]?.number).toBe(1);
  } finally {
    state.remove();
  }
});

it("goes on once a date when the clock was ahead and is set right", async () => {
  const state = new SpoolDirectory();
  try {
    const { store, archive, attestations, manifests } = subject(state);
    const ahead = 4 * 365 * 86_400_000;
    state.clock.jump(ahead);
    await attestations.attestDue(never);
    state.clock.jump(-ahead);
    stored(store, "a");
    await attestations.attestDue(never);
    await attestations.attestDue(never);
    expect(manifests().map(({ date, files }) => [date, files.length])).toEqual([
      ["2030-07-31", 0],
      ["2026-08-01", 1],
    ]);
    expect((await checkChain(archive, never)).faults).toMatchObject([{ what: "missing", name: "a" }]);
  } finally {
    state.remove();
  }
});

it("names files soon that were stored before a manifest and known after it", async () => {
  const state = new SpoolDirectory();
  try {
    const { store, archive, attestations, manifests } = subject(state);
    const hour = 3_600_000;
    state.clock.advance(hour);
    await attestations.attestDue(never);
    const name = (at: number) => `year=2026/month=08/day=01/${plannedStem(at, "1b2c3d4e")}.ndjson.gz`;
    stored(store, name(state.clock.now() - hour));
    archive.files.set(name(state.clock.now() - hour), Buffer.from("records"));
    expect((await checkChain(archive, never)).faults).toMatchObject([{ what: "extra" }]);
    state.clock.advance(hour);
    await attestations.attestDue(never);
    stored(store, name(state.clock.now()));
    state.clock.advance(hour);
    await attestations.attestDue(never);
    expect(manifests().map(({ files }) => files.length)).toEqual([0, 1]);
  } finally {
    state.remove();
  }
});

it("names no day that was closed by a clock that was ahead, until it is closed once more", async () => {
  const state = new SpoolDirectory();
  try {
    const { store, attestations, manifests } = subject(state);
    close(store, today - 1, state.clock.now() + 300 * dayMs);
    close(store, today - 2);
    await attestations.attestDue(never);
    close(store, today - 1);
    state.clock.advance(dayMs);
    await attestations.attestDue(never);
    expect(manifests().map(({ days }) => days.map(({ day, closing }) => [day, closing]))).toEqual([
      [[dayText(today - 2), 1]],
      [[dayText(today - 1), 2]],
    ]);
  } finally {
    state.remove();
  }
});

it("names no more in one manifest than can be read again; the next ones follow at once", async () => {
  const state = new SpoolDirectory();
  try {
    const { store, archive, attestations, manifests } = subject(state);
    for (let day = 1; day <= mostNamed.days + 1; day++) close(store, day);
    await attestations.attestDue(never);
    expect(manifests().map(({ days }) => days.length)).toEqual([mostNamed.days, 1]);
    expect((await checkChain(archive, never)).faults).toEqual([]);
    expect(store.archives.unattested("store").days).toEqual([]);
  } finally {
    state.remove();
  }
});
