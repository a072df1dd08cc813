import { type Labels, type Origin, oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { constant } from "../text/writer.ts";

/** Their values as members of a JSON object, a comma in front of each. */
export function labelMembers(labels: Labels | undefined): string {
  return (labels ?? []).map(([name, value]) => `,"${name}":${quote(value)}`).join("");
}

/** The member `labels`, an object; nothing where there are none. */
export function labelsMember({ labels }: Origin): string {
  return labels === undefined ? "" : `,"labels":{${labelMembers(labels).slice(1)}}`;
}

/** The same, made once for each origin. */
export const labelsPiece = oncePerOrigin((origin) => constant(labelsMember(origin)));
