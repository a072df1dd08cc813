const people = [
  { id: 1042, email: "admin@example.com", ip: "203.0.113.24" },
  { id: 1077, email: "li.wei@example.com", ip: "198.51.100.7" },
  { id: 1088, email: "guest@partner.example", ip: "192.0.2.200" },
  { id: 1091, email: undefined, ip: "10.42.0.9" },
];
const projects = [
  { id: 5311, name: "defect-detector", entity: 77, team: "vision-team" },
  { id: 6120, name: "summarizer", entity: 78, team: "nlp-team" },
];
/** Action and how often it happens, by and large. */
const actions: readonly (readonly [action: string, weight: number])[] = [
  ["artifact:read", 30],
  ["project:read", 24],
  ["run:update", 20],
  ["user:read", 8],
  ["user:login", 5],
  ["user:initiate_login", 5],
  ["report:read", 4],
  ["artifact:create", 3],
  ["run:delete", 2],
  ["sweep:create_agent", 2],
  ["team:invite_user", 1],
  ["user:create_api_key", 1],
  ["organization:update_member", 1],
  ["project:delete", 1],
];
const totalWeight = actions.reduce((sum, [, weight]) => sum + weight, 0);

/** One made-up audit entry, as the API shows it. */
export function wandbEntry(random: () => number, atMs: number): string {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const action = pickAction(random);
  const person = pick(people);
  const project = pick(projects);
  const entry: Record<string, unknown> = {
    timestamp: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    action,
    ...(action !== "user:initiate_login" && { actor_user_id: person.id }),
    response_code: random() < 0.03 ? 403 : 200,
    actor_ip: person.ip,
  };
  if (action.startsWith("artifact:")) {
    const version = Math.floor(random() * 40);
    Object.assign(entry, {
      cli_version: "0.22.3",
      artifact_asset: 90_000 + version,
      artifact_sequence_asset: 4410,
      artifact_digest: "6f1ed002ab5595859014ebf0951522d9",
      artifact_qualified_name: `${project.team}/${project.name}/train-set:v${version}`,
    });
  }
  if (person.email !== undefined && action !== "user:initiate_login") entry.actor_email = person.email;
  if (/^(artifact|project|run|report|sweep):/.test(action))
    Object.assign(entry, {
      entity_asset: project.entity,
      entity_name: project.team,
      project_asset: project.id,
      project_name: project.name,
    });
  if (action.startsWith("report:"))
    Object.assign(entry, { report_asset: 3301, report_name: "Q3 quality review" });
  if (/^(user|team|organization):/.test(action) && action !== "user:initiate_login")
    Object.assign(entry, { user_asset: 1090, user_email: "new.hire@example.com" });
  return JSON.stringify(entry);
}

function pickAction(random: () => number): string {
  let left = random() * totalWeight;
  for (const [action, weight] of actions) {
    left -= weight;
    if (left < 0) return action;
  }
  return "project:read";
}
