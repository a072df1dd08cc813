import { Secret } from "../../secret/secret.ts";

/** A shorter part of a path is a word as often as a credential. */
const longPart = 16;

/**
 * What must not be shown of a path that is a credential, as it is now: all of it, each long part and each
 * value of its query, as they are written and as what they mean. A remote may repeat any of them alone.
 */
export function secretsOfPath(path: Secret): () => readonly Secret[] {
  let value = "";
  let parts: readonly Secret[] = [];
  return () => {
    const now = path.reveal();
    if (now !== value) parts = partsOf(now).map((part) => new Secret(part));
    value = now;
    return [path, ...parts];
  };
}

function partsOf(path: string): readonly string[] {
  const at = `${path}?`.indexOf("?");
  const [place, query] = [path.slice(0, at), path.slice(at + 1)];
  const parts = place.split("/").filter((part) => part.length >= longPart);
  const values = query
    .split("&")
    .map((pair) => pair.slice(pair.indexOf("=") + 1))
    .flatMap((value) => [value, value.replaceAll("+", " ")]);
  return [path, place, ...parts, ...values].flatMap((part) => [part, meaningOf(part)]);
}

function meaningOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
