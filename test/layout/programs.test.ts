import { expect, it } from "vitest";
import { kernelBytes, kernelPlaces } from "../../src/kernel/kernel.ts";
import { Program } from "../../src/layout/programs.ts";

const { programsAt, programsMost } = kernelPlaces;

it("lies in the kernel whenever it is wanted, however many there are, and none that is too long", () => {
  const size = Math.floor(programsMost / 10);
  const programs = Array.from({ length: 25 }, (_, at) => Buffer.alloc(size + at, `program ${at}`));
  const laid = programs.map((bytes) => new Program(bytes));
  for (const at of [...programs.keys(), 0, 24, 1, ...programs.keys(), 12, 12]) {
    const bytes = programs[at] as Buffer;
    const place = (laid[at] as Program).at;
    expect(place % 16).toBe(0);
    expect(place).toBeGreaterThanOrEqual(programsAt);
    expect(place + bytes.length).toBeLessThanOrEqual(programsAt + programsMost);
    expect(kernelBytes.subarray(place, place + bytes.length).equals(bytes)).toBe(true);
    expect((laid[at] as Program).at).toBe(place);
  }
  expect(new Program(Buffer.alloc(programsMost + 1)).at).toBe(-1);
});
