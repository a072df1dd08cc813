import { kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import { knownKeys, place } from "../record/known-keys.ts";
import { people } from "./same-people.ts";

// The event that the kernel has read last (kernel/event.ts), as it leaves it.

const slots = knownKeys.length;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
const numbersAt = (place: number, count: number) =>
  kernelNumbers.subarray(place / numberBytes, place / numberBytes + count);

/** Where in the kernel the value of each key starts. */
export const valueStarts = numbersAt(kernelPlaces.startsAt, slots);
/** Where it ends. */
export const valueEnds = numbersAt(kernelPlaces.endsAt, slots);
/** Its slots, and its members. */
export const eventMembers = numbersAt(kernelPlaces.membersAt, slots * 5);
/** Numbers with a bit for each key: it has a value; that has escapes; it has escapes, or is not ASCII. */
export const eventBits = numbersAt(kernelPlaces.stateAt, 3);

// What the kernel is told of keys that are more to it than others, in the order that kernel/kinds.ts has.
const { timestamp, action, response_code, actor_ip } = place;
kernelBytes.set([timestamp, action, response_code, actor_ip, ...people], kernelPlaces.rolesAt);

const uidDigits = 32;

/** Lays a uid that is known as text in the kernel, and gives back where. -1: it is none. */
export function layUid(uid: string): number {
  const bytes = Buffer.from(uid, "hex");
  if (uid.length !== uidDigits || bytes.toString("hex") !== uid) return -1;
  kernelBytes.set(bytes, kernelPlaces.uidAt);
  return kernelPlaces.uidAt;
}
