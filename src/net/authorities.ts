import { getCACertificates } from "node:tls";

let known: string[] | undefined;

/**
 * The authorities that are trusted where none are named: those of this system (SSL_CERT_FILE and SSL_CERT_DIR
 * name others), those that come with Node, and those of NODE_EXTRA_CA_CERTS. Read once, at the first use: it
 * takes a tenth of a second.
 */
export function systemAuthorities(): string[] {
  known ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return known;
}
