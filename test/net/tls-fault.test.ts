import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificateRefused, tlsFault } from "../../src/net/tls-fault.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";

const dayMs = 86_400_000;
const withCode = (code: string, message = "it failed") => Object.assign(new Error(message), { code });
const remote = { key: "tls", ca: undefined, own: undefined } as const;
const proxy = { key: "proxy_tls", ca: undefined, own: undefined } as const;

let made: Certificates;
let own: X509Certificate;
beforeAll(() => {
  made = certificates();
  own = new X509Certificate(readFileSync(made.issue("me", { client: true }).cert));
});
afterAll(() => made.remove());

const now = Date.now();
const fixOf = (code: string, from: Parameters<typeof tlsFault>[1] = remote, asked = false, at = now) =>
  tlsFault(withCode(code), from, asked, at).fix;

describe("what is wrong with the peer's certificate", () => {
  it.each([
    ["ERR_TLS_CERT_ALTNAME_INVALID", /another name.*tls\.server_name/],
    ["CERT_HAS_EXPIRED", /renew the remote's certificate/],
    ["CERT_NOT_YET_VALID", /clock/],
    ["SELF_SIGNED_CERT_IN_CHAIN", /^set tls\.ca .* or add that to this system's authorities and restart$/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /^set tls\.ca/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /set tls\.ca.*have it send its whole chain/],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", /whole chain/],
    ["INVALID_PURPOSE", /serverAuth/],
    ["UNSPECIFIED", /look at the remote's certificate/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", /where the port does not speak TLS/],
    ["EPROTO", /where the port does not speak TLS/],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", /1\.2/],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", /1\.2/],
    ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", /do not agree on TLS/],
  ])("has its fix: %s", (code, fix) => {
    expect(fixOf(code)).toMatch(fix);
    expect(tlsFault(withCode(code), remote, false, now).message).toBe("it failed");
  });

  it("is said of the file that was to vouch for it", () => {
    expect(fixOf("SELF_SIGNED_CERT_IN_CHAIN", { ...remote, ca: "/etc/ca.pem" })).toMatch(
      /^tls\.ca \(\/etc\/ca\.pem\) does not hold the authority/,
    );
  });

  it("is the proxy's where the proxy showed it", () => {
    expect(fixOf("SELF_SIGNED_CERT_IN_CHAIN", proxy)).toMatch(
      /^set proxy_tls\.ca .* the proxy's certificate/,
    );
    expect(fixOf("CERT_HAS_EXPIRED", proxy)).toMatch(/^renew the proxy's/);
  });
});

describe("what is wrong with our certificate", () => {
  it.each([
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", /^the remote asks for a client certificate: set tls\.cert/],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", /set tls\.cert and tls\.key/],
  ])("is that there is none: %s", (code, fix) => {
    expect(fixOf(code, remote, true)).toMatch(fix);
  });

  it("is that there is none, too, when a peer that asked for it then says only that it failed", () => {
    expect(fixOf("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", remote, true)).toMatch(/set tls\.cert/);
  });

  it.each([
    ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED", /takes this client's certificate .* for expired/],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", /does not trust the authority that signed this client's/],
    ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED", /revoked/],
    ["ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE", /clientAuth/],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", /may be revoked.*look at the log there/],
    // What OpenSSL says when an authority has the name of a trusted one, and another key.
    ["ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR", /from an authority that is not trusted there/],
  ])("is what the peer says: %s", (code, fix) => {
    expect(fixOf(code, { ...remote, own }, true)).toMatch(fix);
  });

  it("is what can be seen here, whatever the peer says or does not say", () => {
    const from = { ...remote, own };
    const code = "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA";
    expect(fixOf(code, from, true, now + 9 * dayMs)).toMatch(/expired on \d{4}-\d\d-\d\d: renew it/);
    expect(fixOf(code, from, true, now - 9 * dayMs)).toMatch(/valid only from \d{4}-\d\d-\d\d on/);
    expect(certificateRefused(from, now + 9 * dayMs).fix).toMatch(/expired on/);
    expect(certificateRefused(from, now).message).toBe(
      "the remote asked for a client certificate and then closed the connection",
    );
  });

  it("is not sure where the peer ended the connection without a word: a balancer does so too", () => {
    for (const from of [remote, { ...remote, own }])
      expect(certificateRefused(from, now).fix).toMatch(
        /certificate.*; or it is a balancer that cannot reach/,
      );
  });
});

it("shows of OpenSSL's lines the reason alone", () => {
  const line =
    "00BC3C7F:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:354:\n";
  expect(tlsFault(withCode("ERR_SSL_WRONG_VERSION_NUMBER", line), remote, false, now).message).toBe(
    "TLS: wrong version number",
  );
  expect(tlsFault(withCode("X", `${line}: more`), remote, false, now).message).toBe(
    "TLS: wrong version number: more",
  );
});
