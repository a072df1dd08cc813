/** Something in an archive that is not as it was vouched for. */
export interface ChainFault {
  readonly what: "edited" | "missing" | "extra" | "gap" | "reordered" | "unsigned" | "other_key" | "head";
  readonly name: string;
  readonly detail: string;
}
