import { expect, it } from "vitest";
import { Constants } from "../../src/record/constants.ts";

it("are copied each as it is", () => {
  const texts = ['{"action":"', "", "ü", '","actor_user_id":"'];
  const constants = new Constants(texts);
  const into = Buffer.from(new ArrayBuffer(64));
  texts.forEach((text, place) => {
    const end = constants.copy(place, new DataView(into.buffer), 3);
    expect(into.toString("utf8", 3, end)).toBe(text);
  });
});
