/** `0.3 s`, `42 s`, `7 min`, `3.5 h`, `2 d`: for people. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  const positive = Math.max(0, seconds);
  if (positive < 9.95) return `${short(positive)} s`;
  if (positive < 90) return `${Math.round(positive)} s`;
  if (positive < 90 * 60) return `${Math.round(positive / 60)} min`;
  if (positive < 48 * 3600) return `${short(positive / 3600)} h`;
  return `${short(positive / 86_400)} d`;
}

/** The same of what a person has set, and wants to find again: `167 h` is not a week. */
export function limitText(seconds: number): string {
  const hours = seconds / 3600;
  return hours >= 48 && hours % 24 !== 0 && Number.isInteger(hours) ? `${hours} h` : durationText(seconds);
}

/** `512 B`, `1.5 MiB`, `10 GiB`: for people. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${short(value)} ${units[unit]}`;
}

/** `0.3/min`, `42/min`, `1,234/min` */
export function perMinuteText(value: number): string {
  return `${value < 9.95 ? short(value) : countText(Math.round(value))}/min`;
}

/** `0`, `0.02`, `3.5`, `1,234`: of something in a second. */
export function paceText(value: number): string {
  if (value >= 9.95) return countText(Math.round(value));
  return value >= 0.095 || value === 0 ? short(value) : String(Math.max(0.01, Math.round(value * 100) / 100));
}

/** `1,234,567` of a whole number. `toLocaleString` would load the tables of all languages for it. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 event`, `1,234 events`; `many` where an `s` is not enough. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `5 min ahead of`, `3 h behind`: one clock against another. */
export function aheadText(seconds: number): string {
  return `${durationText(Math.abs(seconds))} ${seconds > 0 ? "ahead of" : "behind"}`;
}

/** `2026-08-01 14:05` of an ISO time, for people. */
export function clockText(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** `2026-08-01 14:05:09` of an ISO time. */
export function secondText(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

function short(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
