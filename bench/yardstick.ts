import { readFileSync } from "node:fs";

// What a short script pays for the same lines, CPU microseconds a line: text, JSON.parse, an object as Splunk's model has
// it, JSON.stringify, bytes. `node bench/yardstick.ts FILE` prints the rounds after a warm one, as JSON. All that is
// measured is told in multiples of it, so that a fast machine and a slow one say the same.

const rounds = 5;
const bytes = readFileSync(process.argv[2] as string);

function round(): number {
  const began = process.cpuUsage();
  let lines = 0;
  let size = 0;
  for (let at = 0; at < bytes.length; lines++) {
    const end = bytes.indexOf(10, at);
    size += Buffer.from(JSON.stringify(eventOf(JSON.parse(bytes.toString("utf8", at, end))))).length;
    at = end + 1;
  }
  const { user, system } = process.cpuUsage(began);
  if (size < bytes.length) throw new Error("events are larger than the lines they are made of");
  return (user + system) / lines;
}

function eventOf(entry: Record<string, string> & { response_code: number }): object {
  const code = entry.response_code;
  return {
    time: Date.parse(entry.timestamp as string) / 1_000,
    host: "bench.example",
    source: "https://bench.example",
    sourcetype: "wandb:audit",
    index: "security",
    event: {
      action: entry.action,
      app: "wandb",
      user: entry.actor_email,
      user_id: entry.actor_user_id,
      src: entry.actor_ip,
      status: code < 400 ? "success" : "failure",
      result_id: String(code),
      vendor_account: entry.entity_name,
      object: entry.project_name,
      object_id: entry.project_asset,
      vendor_product: "Weights & Biases wandb",
      wandb: entry,
    },
    fields: { event_uid: "x", outcome: "success", wandb_action: entry.action },
  };
}

round();
process.stdout.write(JSON.stringify(Array.from({ length: rounds }, round)));
