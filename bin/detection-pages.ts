import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { z } from "zod";
import { type DetectionCard, detectionCard, detectionCards } from "./detection-card.ts";

/** Everything that is made of the cards in `content/detections`, by its path. */
export function detectionPages(): Readonly<Record<string, string>> {
  const cards = detectionCards();
  return {
    "content/detections/card.schema.json": `${JSON.stringify(z.toJSONSchema(detectionCard), null, 2)}\n`,
    "content/README.md": withTable(cards),
    "docs/detections.md": detectionsPage(cards),
    ...Object.fromEntries(
      cards.flatMap((card) =>
        card.sigma === undefined ? [] : [[`content/sigma/${card.name}.yml`, sigmaText(card)]],
      ),
    ),
  };
}

const mark = "<!-- Made by bin/generate-docs.ts from content/detections: do not edit below. -->";

function withTable(cards: readonly DetectionCard[]): string {
  const text = readFileSync(new URL("../content/README.md", import.meta.url), "utf8");
  const [head = ""] = text.split(mark);
  return `${head}${mark}\n\n${table(cards, "../docs/detections.md")}\n`;
}

function table(cards: readonly DetectionCard[], page: string): string {
  const rows = cards.map(({ name, title, level, kind, risk, sigma }) => {
    const where = sigma === undefined ? "by hand" : "Sigma";
    return `| [\`${name}\`](${page}#${name}) | ${title} | ${kind} | ${level} | ${risk} | ${where} |`;
  });
  return ["| name | title | kind | level | risk | written in |", "|---|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

function detectionsPage(cards: readonly DetectionCard[]): string {
  return `<!-- Made by bin/generate-docs.ts from content/detections; do not edit. -->

# Detections

What the content in \`content/\` looks for, why, what to do when it fires, and where it sees nothing. How time is
looked at, and how the files are used, is in \`content/README.md\`. \`wandb-audit-forwarder simulate --attack NAME
--output OUTPUT\` sends what a detection fires on into your own SIEM, marked as a test.

${table(cards, "")}

${cards.map(section).join("\n")}`;
}

const nobody =
  "What has no `actor_user_id` is counted for nobody. What it changed `actor-missing` tells; what was read or refused, no rule.";
/** Ids that W&B counts for each instance from the beginning. */
const ids: ReadonlySet<string> = new Set(["actor_user_id", "user_asset", "project_asset"]);
const severalInstances =
  "Several W&B instances in one index: who has the same id in two of them is one user here. The two are counted together, " +
  "what one has done before is known of the other, and an alert about one keeps back that about the other. " +
  "`content/README.md` says how to keep them apart.";

/** Where it sees nothing, also by what it brings events together. */
export function blindOf({ blind, kind, suppress, sigma }: DetectionCard): readonly string[] {
  const joins = kind === "correlation" || kind === "baseline" || suppress.by.some((field) => ids.has(field));
  const byActor =
    sigma !== undefined && "rules" in sigma && sigma.correlation["group-by"].includes("actor_user_id");
  return [...blind, ...(byActor ? [nobody] : []), ...(joins ? [severalInstances] : [])];
}

function section(card: DetectionCard): string {
  const { name, title, level, kind, risk, tags, window, lateness, suppress, entities } = card;
  const facts = [
    `${kind}, ${level}, risk ${risk}`,
    ...(window === undefined ? [] : [`window ${window}`]),
    `looks back ${lateness}`,
    `the same ${suppress.by.map(code).join(" and ")} once in ${suppress.for}`,
    `about ${Object.entries(entities)
      .map(([entity, field]) => `${entity} (${code(field)})`)
      .join(", ")}`,
    tags.map(code).join(" "),
  ];
  const blindFormats = Object.entries(card.blind_formats ?? {}).map(
    ([format, why]) => `In \`${format}\`: ${why}`,
  );
  const made =
    card.arithmetic === undefined
      ? `Sigma: \`content/sigma/${name}.yml\`.`
      : `**What it computes.** ${card.arithmetic}`;
  const rehearsal =
    card.rehearsal !== undefined && "none" in card.rehearsal
      ? [`**Rehearsal.** ${capital(card.rehearsal.none)}`]
      : [];
  return [
    `## ${name}`,
    `${title}: ${facts.join(" · ")}.`,
    `**Why.** ${card.why}`,
    made,
    `**Tuning.** ${card.tuning}`,
    `**Response.**\n\n${card.response.map((step, at) => `${at + 1}. ${step}`).join("\n")}`,
    `**False positives.**\n\n${list(card.false_positives)}`,
    `**Blind.**\n\n${list([...blindOf(card), ...blindFormats])}`,
    ...rehearsal,
    "",
  ].join("\n\n");
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${sentence}`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A rule alone, or the rules of a correlation and the correlation, as documents of one file. */
function sigmaText(card: DetectionCard): string {
  const { name, title, level, tags, why, false_positives, service, sigma } = card;
  if (sigma === undefined) throw new Error(`${name} has no Sigma`);
  const head = {
    status: "experimental",
    description: why,
    author: "wandb-audit-forwarder",
    date: "2026-11-27",
    tags,
  };
  const logsource = { product: "wandb", service };
  const tail = { falsepositives: false_positives, level };
  if ("detection" in sigma)
    return documents([{ title, id: card.id, ...head, logsource, detection: sigma.detection, ...tail }]);
  const bases = Object.entries(sigma.rules).map(([base, detection]) => ({
    title: `${title}: ${base.replace(/^wandb_/, "").replaceAll("_", " ")}`,
    id: derivedId(card.id, base),
    name: base,
    ...head,
    description: "What the correlation below counts; alone it is nothing to alert on.",
    logsource,
    detection,
    falsepositives: false_positives,
    level: "informational",
  }));
  const { type, condition, ...rest } = sigma.correlation;
  const correlation = {
    type,
    rules: Object.keys(sigma.rules),
    ...rest,
    ...(condition === undefined ? {} : { condition }),
  };
  return documents([...bases, { title, id: card.id, ...head, correlation, ...tail }]);
}

function documents(parts: readonly object[]): string {
  const note = "# Made by bin/generate-docs.ts from content/detections; do not edit.\n";
  return (
    note +
    parts.map((part) => stringify(part, { lineWidth: 110, aliasDuplicateObjects: false })).join("---\n")
  );
}

/** The same for the same words, in the form of a UUID of version 8. */
function derivedId(id: string, name: string): string {
  const hex = createHash("sha256").update(`${id}:${name}`).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
