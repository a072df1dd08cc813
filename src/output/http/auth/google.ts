import { builtin } from "../../../builtin.ts";
import { Secret } from "../../../secret/secret.ts";
import { smallFile } from "../../../small-file.ts";
import type { TokenIssuer } from "../../token.ts";
import { form, tokenRequest } from "../../token-request.ts";
import type { IssuerWay } from "./azure.ts";
import { issuerAddress } from "./issuer-address.ts";

/** What is taken from a service account's key file. */
interface KeyFile {
  readonly email: string;
  readonly key: Secret;
  readonly keyId: string | undefined;
  readonly url: URL;
}

/** How long an assertion is good, seconds; no issuer takes more than an hour. */
const lifeSeconds = 3600;

/**
 * A Google service account (RFC 7523): an assertion that its key signs is exchanged for a token. The file is
 * read again for each. Throws an Error that names a file that cannot be used, never what it holds.
 */
export function serviceAccount(
  way: IssuerWay,
  { keyFile, scope }: { readonly keyFile: string; readonly scope: string },
): TokenIssuer {
  const first = readKey(keyFile);
  const { url } = first;
  let secrets: readonly Secret[] = [first.key];
  return tokenRequest({
    http: { ...way, url },
    secrets: () => secrets,
    request() {
      const account = readKey(keyFile);
      if (account.url.href !== url.href)
        throw new Error(`${keyFile}: token_uri has changed since the start: restart`);
      const assertion = new Secret(signed(account, scope, Math.floor(way.clock.now() / 1000)));
      secrets = [account.key, assertion];
      const body = form({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: assertion.reveal(),
      });
      return { method: "POST", path: url.pathname, ...body };
    },
    fix: "check the service account: its key may be deleted, or this machine's clock wrong",
  });
}

function readKey(path: string): KeyFile {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(smallFile(path).bytes.toString("utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be used: ${code ?? "it is no JSON file"}`);
  }
  const { client_email: email, private_key: key, private_key_id: keyId, token_uri: uri } = file;
  if (typeof email !== "string" || typeof key !== "string" || !key.includes("PRIVATE KEY"))
    throw new Error(`${path} is no key of a service account: client_email or private_key is missing`);
  const address = typeof uri === "string" ? uri : "https://oauth2.googleapis.com/token";
  return {
    email,
    key: new Secret(key),
    keyId: typeof keyId === "string" ? keyId : undefined,
    url: issuerAddress(address, `${path}: token_uri`),
  };
}

/** A JSON Web Token (RFC 7519), signed with RS256. */
function signed({ email, key, keyId, url }: KeyFile, scope: string, now: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = part({ alg: "RS256", typ: "JWT", ...(keyId !== undefined && { kid: keyId }) });
  const claims = part({ iss: email, scope, aud: url.href, iat: now, exp: now + lifeSeconds });
  const text = `${head}.${claims}`;
  try {
    const signature = builtin("node:crypto").sign("RSA-SHA256", Buffer.from(text), key.reveal());
    return `${text}.${signature.toString("base64url")}`;
  } catch {
    throw new Error("the private key of the service account cannot sign");
  }
}
