import { closeSync, openSync, writeSync } from "node:fs";

/**
 * Writes `count` lines of a W&B audit log of one UTC day: its documented keys, actions in the proportions of a busy
 * server, 435 bytes a line on the average, in order of time. Same arguments, same bytes. Gives back the file's size.
 */
export function writeLines(file: string, count: number, day: string): number {
  const chance = new Chance(count);
  const people = Array.from({ length: 400 }, (_, at) => personOf(chance, at));
  const out = openSync(file, "w", 0o600);
  let size = 0;
  try {
    for (let from = 0; from < count; from += 2_000) {
      const lines: string[] = [];
      for (let at = from; at < Math.min(count, from + 2_000); at++) {
        const time = new Date(Math.floor((at * 86_400) / count) * 1_000).toISOString().slice(11, 19);
        lines.push(`${JSON.stringify(entry(chance, people, `${day}T${time}Z`, at))}\n`);
      }
      size += writeSync(out, lines.join(""));
    }
  } finally {
    closeSync(out);
  }
  return size;
}

/** Numbers that look like chance, and are the same everywhere. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 to below `below`. */
  below(below: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.below(65_536).toString(16).padStart(4, "0");
    return text.slice(0, digits);
  }
}

interface Person {
  readonly id: string;
  readonly email: string;
  readonly ip: string;
}

const firstNames = words(
  "alma boris carla daniel elif frida goran helena ivo jana karim lucia marek noor olga pavel",
);
const lastNames = words(
  "aalto berger castro demir eriksen fontaine grönholm horvat ito jansson kovacs lopez müller",
);
const teams = words(
  "vision-core speech-lab text-research recommenders platform fleet-planning quality-evaluation climate",
);
const projects = words(
  "image-segmentation voice-bank translation-small ranking-two-tower embedding-search demand-forecast policy-tuning",
);
const artifacts = words("model-checkpoint training-dataset scores tokenizer run-history embeddings");
const reviewers = ["baseline", "ablation", 'the "final" one', "Überblick", "評価"];
const clients = words("0.18.7 0.19.11 0.21.4 0.22.3 0.23.1");
const refusals = [401, 403, 404, 409, 500];
/** Actions, each with how many of a hundred and ten entries are its. */
const actions = proportioned({
  "artifact:read": 27,
  "artifact:create": 14,
  "run:update": 14,
  "project:read": 12,
  "run:update_many": 5,
  "report:read": 5,
  "user:login": 4,
  "user:read": 3,
  "sweep:create_agent": 3,
  "user:initiate_login": 3,
  "run:stop": 2,
  "artifact:delete": 2,
  "run:delete": 2,
  "run:delete_many": 1,
  "run:undelete_many": 1,
  "project:delete": 1,
  "user:logout": 1,
  "user:update": 1,
  "user:create": 1,
  "user:create_api_key": 1,
  "user:delete_api_key": 1,
  "user:deactivate": 1,
  "team:invite_user": 1,
  "team:uninvite": 1,
  "team:create": 1,
  "team:create_service_account": 1,
  "team:delete": 1,
});

function words(text: string): readonly string[] {
  return text.split(" ");
}

function proportioned(shares: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(shares).flatMap(([action, share]) => Array<string>(share).fill(action));
}

/** As W&B's own ids look: a kind and numbers in base64. */
function idOf(text: string): string {
  return Buffer.from(text).toString("base64");
}

function personOf(chance: Chance, at: number): Person {
  return {
    id: idOf(`User:${2_000 + at}`),
    email: `${chance.of(firstNames)}.${chance.of(lastNames)}${at}@acme.example`,
    ip: `10.${chance.below(64)}.${chance.below(256)}.${1 + chance.below(254)}`,
  };
}

function entry(chance: Chance, people: readonly Person[], timestamp: string, at: number): object {
  const action = chance.of(actions);
  const kind = action.slice(0, action.indexOf(":"));
  const actor = chance.of(people);
  const team = chance.of(teams);
  const project = chance.of(projects);
  const aboutPeople = kind === "user" || kind === "team";
  return {
    timestamp,
    action,
    actor_user_id: actor.id,
    actor_ip: actor.ip,
    actor_email: actor.email,
    response_code: chance.below(20) === 0 ? chance.of(refusals) : 200,
    entity_asset: idOf(`Entity:${300 + teams.indexOf(team)}`),
    entity_name: team,
    ...(!aboutPeople && { project_asset: idOf(`Project:v1:${project}:${team}`), project_name: project }),
    ...(kind === "artifact" && artifactKeys(chance, `${team}/${project}`, at)),
    ...(kind === "report" && {
      report_asset: idOf(`View:${80_000 + chance.below(9_000)}`),
      report_name: `Weekly review of ${project}: ${chance.of(reviewers)}`,
    }),
    ...(aboutPeople && userKeys(chance.of(people))),
    ...((kind === "run" || kind === "sweep" || (kind === "artifact" && at % 2 === 0)) && {
      cli_version: chance.of(clients),
    }),
  };
}

function artifactKeys(chance: Chance, path: string, at: number): object {
  return {
    artifact_asset: idOf(`Artifact:${600_000 + at}`),
    artifact_digest: chance.hex(32),
    artifact_qualified_name: `${path}/${chance.of(artifacts)}:v${chance.below(90)}`,
    ...(chance.below(2) === 0 && {
      artifact_sequence_asset: idOf(`ArtifactCollection:${40_000 + chance.below(4_000)}`),
    }),
  };
}

function userKeys({ id, email }: Person): object {
  return { user_asset: id, user_email: email };
}
