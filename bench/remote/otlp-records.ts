/** Log records are field 2 of scopes, which are field 2 of resources, which are field 1 of the request. */
export function otlpRecords(body: Buffer, depth: number): number {
  let count = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < body.length; factor *= 128) {
      const byte = body[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < body.length) {
    const key = varint();
    if ((key & 7) === 1) at += 8;
    else if ((key & 7) === 5) at += 4;
    else {
      const value = varint();
      if ((key & 7) !== 2) continue;
      if (key >> 3 === (depth === 0 ? 1 : 2))
        count += depth === 2 ? 1 : otlpRecords(body.subarray(at, at + value), depth + 1);
      at += value;
    }
  }
  return count;
}
