import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpClient } from "../../../src/net/http/client.ts";
import { networkFault } from "../../../src/net/http/fault.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { certificates } from "../../fake/certificates.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** What a server that asks for a certificate, or not, makes of an answer with this page. */
async function answered(page: string, { requestCert = true, status = 400, own = false } = {}) {
  const authority = certificates();
  const { cert, key } = authority.issue("gateway");
  const files = { cert: readFileSync(cert), key: readFileSync(key) };
  const server = createServer({ ...files, requestCert, rejectUnauthorized: false }, (request, response) => {
    request.resume().on("end", () => response.writeHead(status).end(page));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const mine = own ? authority.issue("me", { client: true, days: -1 }) : {};
  const client = httpClient({
    url: new URL(`https://localhost:${port}`),
    tls: { ca: authority.ca, insecure_skip_verify: false, ...mine },
    environment: {},
    userAgent: "test/1",
    clock: systemClock,
  });
  closing.push(
    () => authority.remove(),
    () => new Promise((resolve) => server.close(resolve)),
    () => client.close(),
  );
  const deadline = AbortSignal.timeout(10_000);
  return client
    .request({ method: "POST", path: "/", headers: {}, body: "x", deadline })
    .then(async (answer) => `${answer.status} ${await answer.text(1000)}`)
    .catch((error: unknown) => networkFault(error, "h"));
}

const nginx = (words: string) =>
  `<html>\r\n<head><title>400 ${words}</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>${words}</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

describe("a page that refuses the client certificate", () => {
  it("is nginx's, when none was shown", async () => {
    expect(await answered(nginx("No required SSL certificate was sent"))).toEqual({
      reason: "tls",
      hold: true,
      detail: "h: HTTP 400: No required SSL certificate was sent",
      fix: "the remote asks for a client certificate: set tls.cert and tls.key to one it trusts",
    });
  });

  it("is nginx's, when it does not like the one that was shown", async () => {
    expect(await answered(nginx("The SSL certificate error"), { own: true })).toMatchObject({
      reason: "tls",
      fix: expect.stringContaining("(tls.cert) expired on"),
    });
  });

  it("is none where nobody asked for a certificate, or with another status or other words", async () => {
    const page = nginx("No required SSL certificate was sent");
    expect(await answered(page, { requestCert: false })).toBe(`400 ${page}`);
    expect(await answered(page, { status: 502 })).toBe(`502 ${page}`);
    expect(await answered('{"text":"Invalid data format","code":6}')).toBe(
      '400 {"text":"Invalid data format","code":6}',
    );
  });
});
