import { isHttp2Settings, isTlsRecord } from "../../net/spoken.ts";
import { excerpt } from "../../text/excerpt.ts";
import { type Address, securedScheme } from "./address.ts";

/** What answers is no syslog receiver. A person has to correct the address. */
export class NotSyslog extends Error {
  override readonly name = "NotSyslog";
  readonly fix: string;

  constructor(words: string, fix: string) {
    super(words);
    this.fix = fix;
  }
}

const portFix = "check host and port: another service listens there";
const httpFix =
  "check the port: HTTP is spoken there; Splunk's HEC and OTLP have outputs of their own, `type: splunk_hec` and `type: otlp`";

/** Who speaks, as far as the first bytes tell; undefined for those that nobody knows. */
export function foreignSpeaker(heard: Buffer, address: Address): NotSyslog | undefined {
  if (isTlsRecord(heard))
    return new NotSyslog(
      "the port speaks TLS",
      `write ${securedScheme(address)}:// in place of ${address.transport}:// in \`address\``,
    );
  if (isHttp2Settings(heard)) return new NotSyslog("the port speaks HTTP/2", httpFix);
  const text = heard.toString("latin1");
  if (text.startsWith("HTTP/")) return new NotSyslog(`an HTTP server answers: ${excerpt(text)}`, httpFix);
  if (/^(SSH-|220[ -])/.test(text))
    return new NotSyslog(`another service answers: ${excerpt(text)}`, portFix);
  return undefined;
}
