import { describe, expect, it } from "vitest";
import { detectionCards } from "../../bin/detection-card.ts";
import { elasticRule } from "../../bin/elastic/rules.ts";
import { analyticRule } from "../../bin/sentinel/rules.ts";
import { searchOf } from "../../bin/splunk/app.ts";

// What is written by hand for each SIEM is compared with nothing that is made of the card: so with what the card says.

const actions = (text: string) => new Set(text.match(/\b(?:[a-z]+|wandb-audit-forwarder):[a-z_]+\b/g));
const cards = detectionCards().filter(({ sigma }) => sigma === undefined);

describe.each(cards.map((card) => [card.name, card] as const))("%s", (_, card) => {
  const asked = actions(card.arithmetic ?? "");
  const rule = elasticRule(card);

  it.each([
    ["Splunk", searchOf(card)],
    ["Elastic", rule.query],
    ["Sentinel", analyticRule(card).query],
  ])("asks in %s for the actions that the card names", (siem, query) => {
    // What asks for new values there says on its page that it sees less.
    if (siem === "Elastic" && rule.type === "new_terms") {
      for (const action of actions(query)) expect([...asked]).toContain(action);
      return;
    }
    const plain = query.replace(/```.*?```|\/\/[^\n]*/gs, "");
    expect([...actions(plain)].toSorted()).toEqual([...asked].toSorted());
  });
});

it.each(["Splunk", "Elastic"])(
  "holds in %s what somebody did against each change of who may, not the newest",
  (siem) => {
    const card = cards.find(({ name }) => name === "deactivated-user-active") as (typeof cards)[number];
    const query = siem === "Splunk" ? searchOf(card) : elasticRule(card).query;
    for (const moment of ["seen", "out", "back"])
      expect(query).toMatch(new RegExp(`mv_?expand ${moment}`, "i"));
  },
);
