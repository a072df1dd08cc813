import { detectionCards } from "../detection-card.ts";
import { analyticRule, ruleYaml } from "./rules.ts";
import { sentinelTemplate } from "./template.ts";

/** What of `content/sentinel` is made of the cards, by its path. */
export function sentinelPages(): Readonly<Record<string, string>> {
  const rules = detectionCards().map((card) => ({ name: card.name, rule: analyticRule(card) }));
  return {
    ...Object.fromEntries(
      rules.map(({ name, rule }) => [`content/sentinel/rules/${name}.yaml`, ruleYaml(rule)]),
    ),
    "content/sentinel/azuredeploy.json": `${JSON.stringify(sentinelTemplate(rules.map(({ rule }) => rule)), undefined, 2)}\n`,
  };
}
