import { sizeText } from "../text/amounts.ts";
import type { Usage } from "./spool-state.ts";

/** What a spool without room says everywhere: in the log, in `status`, at `/readyz`. */
export function fullSpool({ bytes, maxBytes, diskFull }: Omit<Usage, "full">): {
  readonly detail: string;
  readonly fix: string;
} {
  if (diskFull)
    return {
      detail: `the disk of state_dir is full; the spool takes ${sizeText(bytes)} of at most ${sizeText(maxBytes)} there`,
      fix: "make room on the disk of state_dir, or raise a quota there",
    };
  return {
    detail: `the spool takes ${sizeText(bytes)} of at most ${sizeText(maxBytes)}`,
    fix: "see which output holds the backlog (status), or raise spool.max_bytes",
  };
}
