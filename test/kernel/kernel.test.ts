import { describe, expect, it } from "vitest";
import { kernelBytes, kernelPlaces } from "../../src/kernel/kernel.ts";
import { knownKeys, place } from "../../src/record/known-keys.ts";
import { readRegular } from "../../src/record/regular-entry.ts";
import { stride } from "../../src/record/span-block.ts";

const places = kernelPlaces;
/** What is looked at, or written over, behind the end of what is read or copied. */
const behind = 64;
const members = 4 * knownKeys.length * (1 + stride);

describe("the kernel", () => {
  it("has a place for each thing, none of which reaches into the next", () => {
    const areas = [
      [places.stateAt, 40],
      [places.keyLengthsAt, knownKeys.length],
      [places.escapableAt, knownKeys.length],
      [places.idsAt, knownKeys.length],
      [places.rolesAt, 8],
      [places.escapesAt, 256],
      [places.followersAt, 4 * (knownKeys.length + 1)],
      [places.keysAt, knownKeys.length * places.keyBytes],
      [places.hexAt, 512],
      [places.startsAt, 4 * knownKeys.length],
      [places.endsAt, 4 * knownKeys.length],
      [places.membersAt, members],
      [places.identityPartsAt, 20 * knownKeys.length],
      [places.identityTextsAt, 2 * knownKeys.length * places.keyBytes],
      [places.sharedAt, places.sharedMost * places.sharedBytes],
      [places.entryMembersAt, members],
      [places.hashedAt, places.hashedMost + behind],
      [places.windowAt, places.windowMost + behind],
      [places.uidAt, 16],
      [places.redactedAt, places.redactedMost + behind],
      [places.programsAt, places.programsMost + behind],
      [places.linesAt, places.linesMost + behind],
      [places.spansAt, places.spansMost],
      [places.rowsAt, 16 * places.rowsMost],
      [places.entryAt, places.entryMost + behind],
      [places.writtenAt, places.writtenMost + behind],
      [places.lastTimeAt, 4 + places.lastTimeMost],
      [places.begunAt, 4 * places.begunMost],
      [places.runEndsAt, 4 * places.runMost],
      [places.kindsAt, places.kindsMost * places.kindBytes],
      [places.namePairsAt, 2 * knownKeys.length],
      [places.rowUidsAt, 16 * places.rowUidsMost],
      [places.rowStartsAt, 4 * places.rowUidsMost],
      [places.rowEndsAt, 4 * places.rowUidsMost],
      [places.keptAt, places.keptMost + behind],
    ] as const;
    areas.forEach(([at, size], index) => {
      expect(at + size, String(index)).toBeLessThanOrEqual(areas[index + 1]?.[0] ?? kernelBytes.length);
    });
    expect(new Set(areas.map(([at]) => at))).toEqual(
      new Set(Object.entries(places).flatMap(([name, at]) => (name.endsWith("At") ? [at] : []))),
    );
  });

  it("looks first for the keys that followed another lately", () => {
    const spans = new Int32Array(members);
    const read = (...keys: readonly (keyof typeof place)[]) =>
      expect(readRegular(Buffer.from(`{${keys.map((key) => `"${key}":1`)}}`), spans, 0)).toBe(keys.length);
    const followers = (key: number) => [...kernelBytes.subarray(places.followersAt + 4 * key).subarray(0, 4)];
    const { action, actor_ip: ip, cli_version: version, run_asset: run, entity_asset: entity } = place;
    for (const key of ["run_asset", "entity_asset", "cli_version", "actor_ip"] as const) read("action", key);
    expect(followers(action)).toEqual([ip, version, entity, run]);
    read("action", "entity_asset");
    expect(followers(action)).toEqual([entity, ip, version, run]);
    read("action", "run_asset");
    expect(followers(action)).toEqual([run, entity, ip, version]);
    read("action", "run_asset");
    expect(followers(action)).toEqual([run, entity, ip, version]);
    read("action", "report_asset");
    expect(followers(action)).toEqual([place.report_asset, run, entity, ip]);
    expect(followers(knownKeys.length)[0]).toBe(action);
  });

  it("knows each key by at most 32 bytes", () => {
    // As much is copied of each, with what stands around it in an identity.
    for (const key of knownKeys) expect(`","${key}":"`.length).toBeLessThanOrEqual(places.keyBytes);
  });
});
