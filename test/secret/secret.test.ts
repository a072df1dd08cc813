import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/secret/secret.ts";

describe("Secret", () => {
  it("shows three stars wherever it is printed, and itself only when asked", () => {
    const secret = new Secret("s3cret-value");
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect({ deep: [secret] }, { showHidden: true, depth: 10 }),
      Object.values(secret).join(),
      inspect(new Error("with it", { cause: secret })),
    ].join("\n");
    expect(shown).not.toContain("s3cret");
    expect(`${secret}`).toBe("***");
    expect(JSON.stringify({ secret })).toBe('{"secret":"***"}');
    expect(secret.reveal()).toBe("s3cret-value");
  });

  it("is read again from where it came, and tells whether it changed", () => {
    let file = "one";
    const secret = new Secret("one");
    expect(secret.reload()).toBe(false);
    secret.bind(() => file);
    expect(secret.reload()).toBe(false);
    file = "two";
    expect(secret.reload()).toBe(true);
    expect(secret.reveal()).toBe("two");
  });

  it("stays what it was when its file is empty or gone", () => {
    const empty = new Secret("one", () => "");
    const gone = new Secret("one", () => {
      throw new Error("ENOENT");
    });
    expect([empty.reload(), gone.reload()]).toEqual([false, false]);
    expect([empty.reveal(), gone.reveal()]).toEqual(["one", "one"]);
  });
});
