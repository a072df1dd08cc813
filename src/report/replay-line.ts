import { counted } from "../text/amounts.ts";
import { type Line, line } from "./line.ts";

/** What is told of what an output gets once more because a person wants it. `id` is on every wire. */
export type ReplayReport =
  /** Event times from `from` up to, and without, `to`, as ISO 8601. */
  | {
      readonly type: "replay_planned";
      readonly output: string;
      readonly id: string;
      readonly from: string;
      readonly to: string;
      /** What the spool does not have is read from these. */
      readonly sources: readonly string[];
    }
  | {
      readonly type: "replay_ended";
      readonly output: string;
      readonly id: string;
      readonly state: "done" | "stopped";
      readonly sent: number;
      readonly refused: number;
      readonly removed: number;
      readonly trouble: string | undefined;
    }
  | { readonly type: "replay_cancelled"; readonly output: string };

/** Whether that is what is told. */
export function isOfReplay(report: { readonly type: string }): report is ReplayReport {
  return report.type.startsWith("replay_");
}

/** The log line of it. */
export function replayLine(report: ReplayReport): Line {
  const { type, output } = report;
  switch (type) {
    case "replay_planned": {
      const { id, from, to, sources } = report;
      const read = sources.length === 0 ? "" : `, with days that are read from ${sources.join(", ")}`;
      const what = `events of ${from} up to, and without, ${to} are sent again${read}`;
      return line("info", `output ${output}: replay ${id}: ${what}`, { type, output, id, from, to, sources });
    }
    case "replay_ended": {
      const { id, state, sent, refused, removed, trouble } = report;
      const what = `${counted(sent, "event")} sent again${refused > 0 ? `, ${refused} refused` : ""}`;
      const gone =
        removed > 0 ? `; ${counted(removed, "record")} had to be removed before it came to them` : "";
      const why = trouble === undefined ? "" : `; ${trouble}`;
      return line(
        state === "done" && refused + removed === 0 ? "info" : "warn",
        `output ${output}: replay ${id} ${state}: ${what}${gone}${why}`,
        { type, output, id, state, sent, refused, removed },
      );
    }
    case "replay_cancelled":
      return line("info", `output ${output}: replay cancelled; what it has sent stays`, { type, output });
  }
}
