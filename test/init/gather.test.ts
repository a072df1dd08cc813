import { describe, expect, it } from "vitest";
import { deployments } from "../../src/init/deployments.ts";
import { type GatherOptions, gather } from "../../src/init/gather.ts";
import { InitError, type Interviewer, refuse } from "../../src/init/interview.ts";
import { siems } from "../../src/init/siems.ts";

/** Somebody who answers in this order, and what was said to them. */
function somebody(...answers: readonly string[]) {
  const left = [...answers];
  const heard: string[] = [];
  const next = async (text: string) => {
    heard.push(text);
    const answer = left.shift();
    if (answer === undefined) throw new InitError(`nobody answers ${text}`);
    return answer;
  };
  const say = (text: string) => void heard.push(text);
  const interviewer: Interviewer = { ask: next, askSecret: next, say, wrong: say };
  return { interviewer, heard, left };
}

const options = (more: Partial<GatherOptions> = {}): GatherOptions => ({
  given: {},
  interviewer: undefined,
  secretGiven: () => undefined,
  secretIn: (file) => (file === "there" ? "of a file" : refuse(`cannot read ${file}`)),
  isThere: () => false,
  ...more,
});

const whole = {
  deployment: "dedicated",
  "wandb-url": "https://acme.wandb.io",
  siem: "splunk",
  "siem-address": "https://splunk.example:8088",
};

describe("what init asks for", () => {
  it("is nothing where options say it all", async () => {
    const { interviewer, heard } = somebody();
    const secretGiven = (whose: string) => `secret of ${whose}`;
    const gathered = await gather(options({ given: { ...whole, index: "soc" }, interviewer, secretGiven }));
    expect(heard).toEqual([]);
    expect(gathered).toMatchObject({ answers: { index: "soc" } });
    expect([...gathered.held]).toEqual(["wandb-api-key", "hec-token"]);
    expect([...gathered.secrets]).toEqual([
      ["wandb-api-key", "secret of wandb"],
      ["hec-token", "secret of siem"],
    ]);
  });

  it("is asked for until it is right, and then not again", async () => {
    const { interviewer, heard, left } = somebody(
      ...["9", "2", "acme", "http://acme.wandb.io", "https://acme.wandb.io", "", "a-key"],
      ...["splunk", "https://splunk.example:8088", "two words", "", "a-token"],
    );
    const gathered = await gather(options({ interviewer }));
    expect(left).toEqual([]);
    expect(gathered.deployment.name).toBe("dedicated");
    expect(gathered.answers).toMatchObject({ "wandb-url": "https://acme.wandb.io", index: "wandb_audit" });
    expect([...gathered.secrets.values()]).toEqual(["a-key", "a-token"]);
    const said = heard.join("\n");
    for (const why of [
      "or a number from 1 to 8",
      "begin with https://",
      "unprotected",
      "There has to be one",
      "one word of",
    ])
      expect(said).toContain(why);
    expect(said).not.toContain("a-token");
  });

  it("is told by name where nobody can be asked, and what is usual is taken", async () => {
    const secretGiven = () => "a-secret";
    const without = (name: keyof typeof whole) =>
      gather(options({ secretGiven, given: { ...whole, [name]: undefined } as never }));
    for (const name of Object.keys(whole) as (keyof typeof whole)[])
      await expect(without(name), name).rejects.toThrow(`--${name} is missing`);
    await expect(gather(options({ given: whole }))).rejects.toThrow("--wandb-secret-file is missing");
    expect((await gather(options({ given: whole, secretGiven }))).answers.index).toBe("wandb_audit");
  });

  it.each([
    ["deployment", "cloud", "there is self-managed"],
    ["siem", "qlik", "there is splunk"],
    ["wandb-url", "acme", "begin with https://"],
    ["wandb-url", "https://me:secret@acme.wandb.io", "leave out user and password"],
    ["siem-address", "ftp://splunk.example", "begin with https://"],
    ["index", "../x", "one word"],
    ["index", "WANDB", "one word of a to z"],
    ["siem-ca", "ca.pem", "begin with /"],
    ["topic", "wandb", "no meaning for splunk"],
    ["organization", "acme", "no meaning for dedicated"],
    ["siem-address", "https://splunk.example:8088/?token=x", "leave out what begins with ?"],
  ])("refuses --%s %s before it asks", async (name, value, why) => {
    const { interviewer, heard } = somebody();
    const given = { ...whole, [name]: value };
    const about = { given, secretGiven: () => "a-secret", interviewer };
    await expect(gather(options(about))).rejects.toThrow(why);
    expect(heard).toEqual([]);
  });

  it("tells what is wrong with a SIEM's options before it asks for W&B", async () => {
    const { interviewer, heard } = somebody();
    const given = { siem: "splunk", "siem-address": "splunk.example" };
    await expect(gather(options({ given, interviewer }))).rejects.toThrow("begin with https://");
    expect(heard).toEqual([]);
  });

  it.each([
    ["syslog", "tls://siem.example:6514/path", "without a path"],
    ["syslog", "tls://siem.example:6514?x", "leave out"],
    ["kafka", "kafka.example:99999", "not host:port"],
    ["file", "/var/log/", "not a file"],
    ["file", "/var/log/../x", "not a file"],
    ["file", `/var/\${x}/y`, "not a file"],
    ["secops", "https://chronicle.googleapis.com/v1/projects/acme", "logs:import"],
    ["sumo", "https://sumo.example/receiver/v1/http/the-code", "end with /http/"],
  ])("refuses an address of %s that no configuration takes: %s", async (siem, address, why) => {
    const given = { deployment: "dedicated", "wandb-url": whole["wandb-url"], siem, "siem-address": address };
    await expect(gather(options({ given, secretGiven: () => undefined }))).rejects.toThrow(why);
  });

  it.each([
    ["bucket-s3", "bucket", "gs://acme/logs", "not a bucket of s3://"],
    ["bucket-gs", "bucket", `gs://acme/\${x}`, "not a bucket of gs://"],
    ["bucket-s3", "endpoint", "http://minio.example:9000", "unprotected"],
    ["bucket-az", "bucket-access", "password", "one of account_key, sas_token, role"],
    ["file", "log-path", "exports/*.gz", "begin with /"],
    ["file", "bucket", "s3://acme/logs", "no meaning for file"],
    ["dedicated", "instance", "acme.wandb.io", "no meaning for dedicated"],
  ])("refuses for %s --%s %s", async (deployment, name, value, why) => {
    const given = { deployment, [name]: value, siem: "stdout" };
    await expect(gather(options({ given }))).rejects.toThrow(why);
  });

  it("refuses a file with a secret that nothing asks for", async () => {
    const given = { ...whole, siem: "qradar", "siem-address": "tls://qradar.example:6514" };
    const secretGiven = () => "a-secret";
    await expect(gather(options({ given, secretGiven }))).rejects.toThrow("no meaning for qradar");
  });

  it("keeps a secret that is there, and refuses another for it", async () => {
    const { interviewer, heard } = somebody();
    const isThere = (file: string) => file === "wandb-api-key" || file === "hec-token";
    const kept = await gather(options({ given: { ...whole, index: "soc" }, interviewer, isThere }));
    expect([kept.secrets.size, ...kept.held]).toEqual([0, "wandb-api-key", "hec-token"]);
    expect(heard.filter((text) => text.includes("kept"))).toHaveLength(2);
    const twice = options({ given: whole, isThere, secretGiven: () => "another" });
    await expect(gather(twice)).rejects.toThrow("nothing is overwritten");
  });

  it("may be no token, where the other side asks for none", async () => {
    const given = { ...whole, siem: "opentelemetry", "siem-address": "https://otel.example:4318" };
    const secretGiven = (whose: string) => (whose === "wandb" ? "a-key" : undefined);
    expect([...(await gather(options({ given, secretGiven }))).held]).toEqual(["wandb-api-key"]);
    const { interviewer } = somebody("");
    expect([...(await gather(options({ given, secretGiven, interviewer }))).held]).toEqual(["wandb-api-key"]);
  });

  const inBucket = {
    ...{ deployment: "bucket-s3", bucket: "s3://acme/wandb-audit-logs", instance: "acme.wandb.io" },
    ...{ region: "eu-central-1", siem: "stdout" },
  };

  it("is no secret of a bucket where a role lets in, and none may be given then", async () => {
    const gathered = await gather(options({ given: inBucket }));
    expect([gathered.answers["bucket-access"], gathered.held.size]).toEqual(["role", 0]);
    const secretGiven = (whose: string) => (whose === "wandb" ? "a-secret" : undefined);
    await expect(gather(options({ given: inBucket, secretGiven }))).rejects.toThrow(
      "--wandb-secret-file has no meaning for bucket-s3 with these answers",
    );
    const keyed = { ...inBucket, "bucket-access": "AKIA" };
    await expect(gather(options({ given: keyed }))).rejects.toThrow("--wandb-secret-file is missing");
    expect([...(await gather(options({ given: keyed, secretGiven }))).secrets]).toEqual([
      ["bucket-secret-key", "a-secret"],
    ]);
  });

  it("is the path of a file that is copied, until it can be read", async () => {
    const { interviewer, heard, left } = somebody(
      ...["bucket-gs", "gs://acme/wandb-audit-logs", "acme.wandb.io", "key", "nowhere", "there", "stdout"],
    );
    const gathered = await gather(options({ interviewer }));
    expect([left, [...gathered.secrets]]).toEqual([[], [["bucket-key.json", "of a file"]]]);
    expect(heard.join("\n")).toContain("cannot read nowhere");
  });
});

it("names differ, and every question has an example that it takes itself", () => {
  for (const list of [deployments, siems])
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
  for (const { name, example, usual, wrong } of [...deployments, ...siems].flatMap(
    ({ questions }) => questions,
  )) {
    expect([name, wrong(example)]).toEqual([name, undefined]);
    if (usual !== undefined) expect([name, wrong(usual)]).toEqual([name, undefined]);
    for (const bad of ["", " ", "\n"]) expect(wrong(bad), name).toBeDefined();
  }
});
