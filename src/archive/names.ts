import { dayText, utcDayOfText } from "../time/clock.ts";

/** The folder of a UTC day, days since 1970-01-01: what query engines read as three columns. */
export function dayFolder(day: number): string {
  const [year, month, date] = dayText(day).split("-");
  return `year=${year}/month=${month}/day=${date}/`;
}

/** The UTC day in the name of a file, days since 1970-01-01; undefined where it stands in no such folder. */
export function dayOfName(name: string): number | undefined {
  const found = /(?:^|\/)year=(\d{4})\/month=(\d\d)\/day=(\d\d)\/[^/]+$/.exec(name);
  if (found === null) return undefined;
  const day = utcDayOfText(`${found[1]}-${found[2]}-${found[3]}`);
  return Number.isNaN(day) ? undefined : day;
}

/** The first of `STEM.EXT`, `STEM-2.EXT`, ... in a folder that is not `taken`. */
export function freeName(
  folder: string,
  stem: string,
  extension: string,
  taken: (name: string) => boolean,
): string {
  for (let count = 1; ; count++) {
    const name = `${folder}${stem}${count === 1 ? "" : `-${count}`}${extension}`;
    if (!taken(name)) return name;
  }
}

/** What the names of files begin with that are planned then, epoch milliseconds; `random` makes it unique. */
export function plannedStem(at: number, random: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z-${random}`;
}

/** When a file was planned, epoch milliseconds; undefined where its name does not say so. */
export function stemTime(name: string): number | undefined {
  const found = /(?:^|\/)(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[^/]+$/.exec(name);
  if (found === null) return undefined;
  const [, year, month, date, hour, minute, second] = found;
  const at = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Under it stand probes of locks, which hold no records and which nobody reads. */
export const lockProbes = "lock-probe/";

/** Whether that is the name of a probe: whatever else stands there is a file as any other. */
export function isLockProbe(name: string): boolean {
  return name.startsWith(lockProbes) && /^[\w-]+$/.test(name.slice(lockProbes.length));
}
