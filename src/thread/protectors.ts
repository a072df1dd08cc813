import { builtin } from "../builtin.ts";

/**
 * V8 compiles what reads bytes in the belief that no memory is ever given away, and that arrays of bytes
 * keep the prototype they were made with. It calls that protectors, and at the first sight of something else
 * throws away all code that was compiled so: here seconds after the start, when most of it is compiled, to be
 * compiled once more. So a thread that will move memory shows it both while nothing is compiled yet.
 */
export function invalidateProtectors(): void {
  new ArrayBuffer(1).transfer();
  builtin("node:crypto").createHash("sha256").digest();
}
