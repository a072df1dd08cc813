import { z } from "zod";

/** Where an archive stands. */
export interface ArchivePlace {
  readonly store: "file";
  /** Absolute. */
  readonly directory: string;
}

/** The `url` of an archive. */
export const archivePlace = z
  .string()
  .transform((text, context): ArchivePlace => {
    const found = archivePlaceOf(text);
    if (typeof found !== "string") return found;
    context.addIssue(found);
    return { store: "file", directory: "/" };
  })
  .describe("Where the files stand: file:///DIRECTORY, which must be there.");

/** What a text stands for, or what is wrong with it. */
export function archivePlaceOf(text: string): ArchivePlace | string {
  const [, path = ""] = /^file:\/\/(\/[^?#]*)$/.exec(text) ?? [];
  const directory = path.length > 1 ? path.replace(/\/+$/, "") : "";
  if (directory === "") return "not the place of an archive: write file:///DIRECTORY";
  const parts = directory.split("/").slice(1);
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    return "must be a path without . and .. and //";
  return { store: "file", directory };
}

/** The same place as text. */
export function placeText({ directory }: ArchivePlace): string {
  return `file://${directory}`;
}
