import { z } from "zod";
import { type BucketPlace, bucketAt, bucketPlaceOf, bucketText } from "../bucket/bucket-place.ts";

interface DirectoryPlace {
  readonly store: "file";
  /** Absolute. */
  readonly directory: string;
}

/** Where an archive stands. */
export type ArchivePlace = DirectoryPlace | BucketPlace;

/** The `url` of an archive. */
export const archivePlace = z
  .string()
  .transform((text, context): ArchivePlace => {
    const found = archivePlaceOf(text);
    if (typeof found !== "string") return found;
    context.addIssue(found);
    return { store: "file", directory: "/" };
  })
  .describe(
    "Where the files stand: s3://BUCKET/PREFIX (also S3-compatible stores, with `endpoint`), gs://BUCKET/PREFIX, az://ACCOUNT/CONTAINER/PREFIX, or file:///DIRECTORY. It must be there.",
  );

const noPlace =
  "not the place of an archive: write file:///DIRECTORY, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://ACCOUNT/CONTAINER/PREFIX";

/** What a text stands for, or what is wrong with it. */
export function archivePlaceOf(text: string): ArchivePlace | string {
  const bucket = bucketPlaceOf(text);
  if (bucket !== undefined) return bucket;
  const [, path = ""] = /^file:\/\/(\/[^?#]*)$/.exec(text) ?? [];
  const directory = path.length > 1 ? path.replace(/\/+$/, "") : "";
  if (directory === "") return noPlace;
  const parts = directory.split("/").slice(1);
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    return "must be a path without . and .. and //";
  return { store: "file", directory };
}

/** The place among all that there are: a path, or as `bucketAt`. */
export function placeAt({
  url,
  endpoint,
}: {
  readonly url: ArchivePlace;
  readonly endpoint?: URL | undefined;
}): string {
  return url.store === "file" ? url.directory : bucketAt({ url, endpoint });
}

/** The same place as text. */
export function placeText(place: ArchivePlace): string {
  return place.store === "file" ? `file://${place.directory}` : bucketText(place);
}
