import { counted } from "../text/amounts.ts";
import { fixField, fixText, type Line, line } from "./line.ts";

/** What is told of the manifests of an archive. */
export type ArchiveReport =
  | {
      readonly type: "archive_attested";
      readonly output: string;
      readonly manifest: number;
      readonly hash: string;
      readonly files: number;
      readonly days: number;
      /** Why it does not follow the one that was known here. */
      readonly recovered?: string;
    }
  /** What is in the archive is not what was stored there. */
  | { readonly type: "archive_differs"; readonly output: string; readonly detail: string }
  | {
      readonly type: "archive_attest_failed";
      readonly output: string;
      readonly detail: string;
      readonly fix?: string;
    };

/** Whether that is what is told. */
export function isOfArchive(report: { readonly type: string }): report is ArchiveReport {
  return report.type.startsWith("archive_");
}

/** The log line of it. */
export function archiveLine(report: ArchiveReport): Line {
  const { type, output } = report;
  const where = `archive ${output}`;
  switch (type) {
    case "archive_attested": {
      const { manifest, hash, files, days, recovered } = report;
      const why = recovered === undefined ? "" : `; it goes on from the archive: ${recovered}`;
      return line(
        recovered === undefined ? "info" : "warn",
        `${where} has manifest ${manifest}, which names ${counted(files, "file")} and ${counted(days, "day")}${why}`,
        { type, output, manifest, hash, files, days, ...(recovered !== undefined && { recovered }) },
      );
    }
    case "archive_differs":
      return line(
        "error",
        `${where} was changed: ${report.detail}. Fix: run \`archive verify\`, and see docs/audit.md`,
        { type, output, detail: report.detail },
      );
    case "archive_attest_failed": {
      const { detail, fix } = report;
      return line("warn", `${where} gets no manifest: ${detail}.${fixText(fix)} It is tried again`, {
        ...{ type, output, detail },
        ...fixField(fix),
      });
    }
  }
}
