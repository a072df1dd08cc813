import fc from "fast-check";
import { expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { redactor } from "../../src/event/redact.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { domainMember } from "../../src/format/domain.ts";
import { place } from "../../src/record/known-keys.ts";
import { Secret } from "../../src/secret/secret.ts";
import { Writer } from "../../src/text/writer.ts";
import { agent, eventWith, origin, texts } from "./arbitrary-event.ts";
import { formats } from "./texts.ts";

const member = domainMember("domain", place.actor_email);

/** As it is read from the value's text. */
function domainOf(actor_email: string): unknown {
  const into = new Writer();
  member(into, eventWith({ keys: { actor_email } }));
  return into.size === 0 ? undefined : JSON.parse(`{${into.toText().slice(1)}}`).domain;
}

/** As it is copied from the record; undefined also where that is no regular one. */
function copiedDomain(actor_email: string): unknown {
  const bytes = Buffer.from(
    JSON.stringify({ timestamp: "2026-08-01T13:12:14Z", action: "user:login", actor_email }),
  );
  const event = new RegularEvent();
  const at = { seq: 1, source: "prod", uid: "0".repeat(32), day: 0, late: false };
  const observed = { seconds: 1_785_592_800, nanos: 0 };
  if (!event.read({ ...at, bytes, observed }, origin)) return domainOf(actor_email);
  const into = new Writer(1);
  member(into, event);
  return into.size === 0 ? undefined : JSON.parse(`{${into.toText().slice(1)}}`).domain;
}

it("is what stands behind the last @, in lower case", () => {
  for (const domain of [domainOf, copiedDomain]) {
    expect(domain("ann@Example.COM")).toBe("example.com");
    expect(domain('"ann@home"@example.com')).toBe("example.com");
    expect(domain("ann@例え.jp")).toBe("例え.jp");
    expect(domain("@example.com")).toBe("example.com");
  }
});

it("is not there where nothing stands behind an @", () => {
  for (const domain of [domainOf, copiedDomain])
    for (const address of ["ann", "ann@", "@", "k1_3f9c0d5e8a7b6c1d2e3f4a5b6c7d8e9f", ""])
      expect(domain(address), address).toBeUndefined();
});

it("takes no letter of another alphabet for one of ASCII", () => {
  // The sign for kelvin and the long s, whose other case is k and s.
  for (const domain of [domainOf, copiedDomain])
    for (const strange of ["\u212aompany.com", "\u017fales.com", "\u0130nc.com"])
      expect(domain(`eve@${strange}`)).toBe(strange);
});

it("is the same whether it is copied or made from the text, and one member whatever it holds", () => {
  fc.assert(
    fc.property(texts, texts, (name, host) => {
      const address = `${name}@${host}`;
      const well = address.toWellFormed();
      const wanted = well.slice(well.lastIndexOf("@") + 1);
      const lowered = wanted.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
      expect(domainOf(address)).toBe(lowered === "" ? undefined : lowered);
      expect(copiedDomain(well)).toBe(domainOf(address));
    }),
  );
});

it("says nothing of an address for which a pseudonym stands", () => {
  const bytes = Buffer.from(
    '{"action":"team:invite_user","actor_email":"ann@secret.example","user_email":"bob@secret.example"}',
  );
  const at = { seq: 1, source: "prod", uid: "0".repeat(32), day: 0, late: false };
  const event = decode({ ...at, bytes, observed: { seconds: 1_785_592_800, nanos: 0 } }, origin);
  const people = ["actor_email", "user_email"];
  const key = new Secret("k".repeat(32));
  for (const config of [
    { drop: people, pseudonymize: [] },
    { drop: [], pseudonymize: people, key },
  ])
    for (const [name, format] of Object.entries(formats)) {
      expect(format(agent)(event), name).toContain("secret.example");
      const text = format(agent)(redactor(config)(event));
      expect(text, name).not.toContain("secret.example");
      expect(text, name).not.toMatch(/domain":/);
    }
});
