/** Which store a URL's scheme stands for. */
export type StoreName = "s3" | "gs" | "az";

/** A bucket, and where in it. `account` is of Azure alone. */
export interface BucketPlace {
  readonly store: StoreName;
  readonly account: string;
  readonly bucket: string;
  /** Every name begins with it; `""` is all of the bucket. */
  readonly prefix: string;
}

/** What a URL stands for; undefined where it is no bucket. */
export function bucketPlaceOf(text: string): BucketPlace | undefined {
  const [, store, path] = /^(s3|gs|az):\/\/([^?#@]+)$/.exec(text) ?? [];
  if (store === undefined || path === undefined) return undefined;
  const [first = "", ...others] = path.split("/");
  const [account, bucket, names] =
    store === "az" ? [first, others[0] ?? "", others.slice(1)] : ["", first, others];
  if (bucket === "" || !/^[A-Za-z0-9$][A-Za-z0-9._-]*$/.test(bucket) || (store === "az" && account === ""))
    return undefined;
  const folder = names.join("/").replace(/\/+$/, "");
  // As a folder: `wandb-audit-logs-old` is another one.
  return { store: store as StoreName, account, bucket, prefix: folder === "" ? "" : `${folder}/` };
}

/** The same bucket as text. */
export function bucketText({ store, account, bucket, prefix }: BucketPlace): string {
  return `${store}://${store === "az" ? `${account}/` : ""}${bucket}/${prefix}`.replace(/\/$/, "");
}

/** The bucket among those of all stores, and where in it, as text. */
export function bucketAt({
  url,
  endpoint,
}: {
  readonly url: BucketPlace;
  readonly endpoint?: URL | undefined;
}): string {
  return `${endpoint?.href ?? ""} ${bucketText(url)}`;
}
