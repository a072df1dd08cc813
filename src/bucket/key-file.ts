import { builtin } from "../builtin.ts";
import { smallFile } from "../small-file.ts";

/** The key of a service account cannot be used; the vendor's client takes it for a broken connection. */
export class UnusableKeyFile extends Error {
  override readonly name = "UnusableKeyFile";
  readonly fix =
    "name as key_file the JSON file of a service account's key, as Google hands it out, so that the user of this program may read it";
}

/**
 * What stands in a key file, which may be one of the other kinds that Google's client knows. Throws
 * UnusableKeyFile, which names the file and nothing that is in it.
 */
export function keyFileText(path: string): string {
  const text = readable(path);
  const unusable = (why: string) => new UnusableKeyFile(`${path} cannot be used: ${why}`);
  const file = parsed(text);
  if (file === undefined) throw unusable("it is no JSON file");
  const { type = "service_account", client_email: email, private_key: key } = file;
  if (type !== "service_account") return text;
  if (typeof email !== "string" || typeof key !== "string")
    throw unusable("it is no key of a service account: client_email or private_key is missing");
  try {
    builtin("node:crypto").createPrivateKey(key);
  } catch {
    throw unusable("its private_key is none");
  }
  return text;
}

function readable(path: string): string {
  try {
    return smallFile(path).bytes.toString("utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnusableKeyFile(`${path} cannot be read: ${code ?? message}`);
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
