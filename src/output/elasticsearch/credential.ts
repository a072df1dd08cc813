import { Secret } from "../../secret/secret.ts";

/** What lets requests in. */
export interface Credential {
  /** With the values as they are now: a file may change while the program runs. */
  headers(): Readonly<Record<string, string>>;
  /** What must not be shown. */
  secrets(): readonly Secret[];
}

/** Where only the network, or a client certificate, lets in. */
const none: Credential = { headers: () => ({}), secrets: () => [] };

/** What the configuration says: an API key, a user, or nothing. */
export function credentialOf(config: {
  readonly api_key?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
}): Credential {
  const { api_key, username, password } = config;
  if (api_key !== undefined)
    return {
      headers: () => ({ authorization: `ApiKey ${encodedKey(api_key.reveal())}` }),
      secrets: () => [api_key, ...partsOf(api_key)],
    };
  if (username === undefined || password === undefined) return none;
  return {
    headers: () => ({ authorization: `Basic ${base64(`${username}:${password.reveal()}`)}` }),
    secrets: () => [password],
  };
}

/** Elasticsearch hands out `id` and `api_key`, and both together as `encoded`. */
function encodedKey(key: string): string {
  return key.includes(":") ? base64(key) : key;
}

/** Whoever repeats a key may have undone its encoding. */
function partsOf(key: Secret): readonly Secret[] {
  const pair = Buffer.from(encodedKey(key.reveal()), "base64").toString("utf8");
  return [new Secret(pair), new Secret(pair.slice(pair.indexOf(":") + 1))];
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
