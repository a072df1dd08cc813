const digitZero = 0x30;

/** The response code that stands in three digits from `start` to `end`; undefined for anything else. */
export function codeAt(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start !== 3) return undefined;
  let code = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - digitZero;
    if (digit < 0 || digit > 9) return undefined;
    code = code * 10 + digit;
  }
  return code >= 100 && code <= 599 ? code : undefined;
}
