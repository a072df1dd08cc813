/**
 * How large memory of `length` bytes becomes where `wanted` are needed: twice as large, up to `usual`, which
 * is nearly always enough, and from there on an eighth larger.
 */
export function grown(length: number, wanted: number, usual: number): number {
  const next = length < usual ? Math.min(2 * length, usual) : Math.ceil(length * 1.125);
  return Math.max(wanted, next);
}
