import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { siems } from "../../src/init/siems.ts";
import { startKafkaReceiver } from "../../src/simulate/kafka-receiver.ts";
import { startLoopbackServer } from "../../src/simulate/loopback-server.ts";
import { ObjectStore } from "../../src/simulate/object-store.ts";
import { startS3Server } from "../../src/simulate/s3-server.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { systemClock } from "../../src/time/clock.ts";
import { eventually } from "../system/whole/daemon.ts";
import {
  armIsHere,
  armRoot,
  type BareRoot,
  bareRoot,
  packages,
  packagesAreHere,
  type Said,
  whyNoPackages,
} from "./bare-root.ts";
import { kafkaIsHere, startKafka, whyNoKafka } from "./kafka.ts";

const name = "wandb-audit-forwarder";
const { version } = manifest;
const state = `/var/lib/${name}`;
const config = `/etc/${name}/config.yaml`;
const dropIn = `/etc/systemd/system/${name}.service.d/init.conf`;
const token = "a.web.identity";
const environment = {
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/reader",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/tmp/token",
};

/** The file of this kind that a build has left. */
function packageOf(build: "first" | "next", kind: "deb" | "rpm"): string {
  const folder = join(packages, build);
  return join(folder, readdirSync(folder).find((file) => file.endsWith(`.${kind}`)) as string);
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A bucket that lets in only whom a service for tokens let in, who had to show a web identity. */
async function guardedBucket() {
  const store = new ObjectStore();
  const s3 = await startS3Server(store);
  const given = { id: "ASIAEXAMPLE", session: "of-this-session" };
  const shown: string[] = [];
  const sts = await startLoopbackServer(async (asked, answer) => {
    let body = "";
    for await (const piece of asked) body += piece;
    shown.push(new URLSearchParams(body).get("WebIdentityToken") ?? "");
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const credentials = `<AccessKeyId>${given.id}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>${given.session}</SessionToken><Expiration>${until}</Expiration>`;
    const result = `<AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult>`;
    answer.setHeader("content-type", "text/xml");
    answer.end(
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</AssumeRoleWithWebIdentityResponse>`,
    );
  }, {});
  const guarded = await startLoopbackServer((asked, answer) => {
    const { authorization = "", "x-amz-security-token": session } = asked.headers;
    if (!authorization.includes(`Credential=${given.id}/`) || session !== given.session) {
      answer.writeHead(403).end("<Error><Code>InvalidAccessKeyId</Code><Message>unknown</Message></Error>");
      return;
    }
    const { method, headers, url } = asked;
    const onward = request(`${s3.url}${url}`, { method, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 500, came.headers);
      came.pipe(answer);
    });
    asked.pipe(onward);
  }, {});
  closing.push(
    () => s3.close(),
    () => sts.close(),
    () => guarded.close(),
  );
  const random = seededRandom(7);
  let lines = "";
  return {
    url: guarded.url,
    environment: { ...environment, AWS_ENDPOINT_URL_STS: sts.url },
    shown,
    grow(count: number) {
      for (let made = 0; made < count; made++) lines += `${wandbEntry(random, systemClock.now())}\n`;
      store.put(`wandb-audit-logs/${new Date().toISOString().slice(0, 10)}.json`, lines, Date.now());
    },
  };
}

const configuration = (bucket: string, broker: string, topic: string) => `
sources: [{ name: bucket, type: bucket, url: "s3://logs/wandb-audit-logs", endpoint: "${bucket}", instance: a.example, poll_interval: 1s }]
outputs: [{ name: stream, type: kafka, brokers: ["${broker}"], topic: ${topic}, transport: plaintext, batch: { max_wait: 10ms } }]
admin: { listen: off }
`;

/** As an administrator writes it, whatever umask root has there. */
function configure(root: BareRoot, text: string): void {
  root.write("/tmp/config.yaml", text);
  root.write("/tmp/token", token);
  root.shell(`chmod 644 /tmp/token; umask 027; cat /tmp/config.yaml > ${config}`);
}

const ended = { status: 0, stderr: "" };

const documented = readFileSync(join(import.meta.dirname, "../../docs/packages.md"), "utf8");
/** The commands below "Verify"; which file it is about is said beside them. */
const verification = (/## Verify[\s\S]*?```sh\n([\s\S]*?)```/.exec(documented)?.[1] ?? "").replace(
  /^package=.*$/m,
  "",
);

/** A folder with these files of the release that is signed, and the key as releases.asc; another home of gpg. */
function received(...files: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "verify-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const home = join(folder, "gnupg");
  mkdirSync(home, { mode: 0o700 });
  copyFileSync(join(packages, "public.asc"), join(folder, "releases.asc"));
  for (const file of files) copyFileSync(join(packages, "next", file), join(folder, file));
  const run = (script: string, file = "") =>
    spawnSync("sh", ["-c", script], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, GNUPGHOME: home, package: file },
    });
  closing.push(() => run("gpgconf --kill gpg-agent"));
  return { folder, run };
}

describe.skipIf(!packagesAreHere)(`packages (${whyNoPackages})`, () => {
  it("are the same bytes, whoever builds them, where and when", () => {
    const sums = (build: string) => readFileSync(join(packages, build, "SHA256SUMS"), "utf8");
    expect(sums("second")).toBe(sums("first"));
    expect(sums("first").trim().split("\n")).toHaveLength(5);
  });

  it("leave lintian nothing to warn of", () => {
    const said = readFileSync(join(packages, "lintian"), "utf8");
    expect(said).toBe("");
  });

  it("are verified by the documented commands: by this key alone, and the very file that is installed", () => {
    const got = received("SHA256SUMS", "SHA256SUMS.asc");
    const file = basename(packageOf("next", "deb"));
    copyFileSync(packageOf("next", "deb"), join(got.folder, file));
    expect(got.run(verification, file)).toMatchObject({ status: 0, stdout: `${file}: OK\n` });

    // Beside what is listed and whole, something else that would be taken for newer.
    writeFileSync(join(got.folder, "wandb-audit-forwarder_9-1_amd64.deb"), "of somebody else");
    expect(got.run(verification, "wandb-audit-forwarder_9-1_amd64.deb").status).not.toBe(0);

    // By a key that is known here for another reason.
    got.run("gpg --batch --quiet --passphrase '' --quick-generate-key other@example.org rsa3072 sign 1d");
    got.run("rm SHA256SUMS.asc; gpg --batch --armor --output SHA256SUMS.asc --detach-sign SHA256SUMS");
    expect(got.run("gpg --verify SHA256SUMS.asc SHA256SUMS").stderr).toContain("Good signature");
    expect(got.run(verification, file).status).not.toBe(0);
    copyFileSync(join(packages, "next", "SHA256SUMS.asc"), join(got.folder, "SHA256SUMS.asc"));
    appendFileSync(join(got.folder, "SHA256SUMS"), "0  file\n");
    expect(got.run(verification, file).status).not.toBe(0);
  });

  it("of RPM are verified by their own signature, and without one they are not", () => {
    const { folder, run } = received();
    const [command = ""] = /rpmkeys .*$/m.exec(documented) ?? [];
    const database = ["--dbpath", join(folder, "rpm")];
    execFileSync("rpm", [...database, "--initdb"]);
    const checked = (build: "first" | "next") =>
      run(command.replace("rpmkeys", `rpmkeys ${database.join(" ")}`), packageOf(build, "rpm"));
    expect(checked("next").stdout).toMatch(/Signature.*NOKEY/);
    expect(checked("next").status).not.toBe(0);
    execFileSync("rpm", [...database, "--import", join(packages, "public.asc")]);
    expect(checked("next")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/Header V4 RSA\/SHA256 Signature.*: OK/),
    });
    expect(checked("first").status).not.toBe(0);
  });
});

it.skipIf(!armIsHere)(
  "the executable for arm64 runs, under emulation (skipped without `qemu-aarch64-static`)",
  () => {
    const folder = join(packages, "arm64");
    const file = readdirSync(folder).find((one) => one.endsWith("-arm64")) as string;
    const run = (args: readonly string[], input: string) =>
      execFileSync("qemu-aarch64-static", ["-L", armRoot, join(folder, file), ...args], {
        encoding: "utf8",
        input,
      });
    expect(run(["--version"], "")).toBe(`${version}\n`);
    const line = `{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":1042,"response_code":200}\n`;
    expect(run(["map", "--format", "cef"], line)).toMatch(/^CEF:0\|/);
  },
);

describe.skipIf(!packagesAreHere)(`the package of Debian in a bare root (${whyNoPackages})`, () => {
  let root: BareRoot;
  let installed: Said;
  beforeAll(() => {
    root = bareRoot();
    installed = root.shell(`dpkg -i ${root.bring(packageOf("first", "deb"))}`);
  });
  afterAll(() => root.remove());

  it("is installed with user, unit, manual and completion, and needs no Node", () => {
    expect(installed.stderr).not.toMatch(/error|warning/);
    expect(installed.status).toBe(0);
    expect(root.shell("command -v node npm").status).not.toBe(0);
    expect(root.shell(`${name} --version`)).toMatchObject({ ...ended, stdout: `${version}\n` });
    expect(root.shell(`getent passwd ${name}`).stdout).toContain(state);
    expect(root.shell(`stat -c '%a %U %G' /etc/${name} /etc/${name}/credentials`).stdout).toBe(
      `2750 root ${name}\n700 root root\n`,
    );
    expect(root.shell(`systemd-analyze verify ${name}.service`)).toMatchObject({ ...ended, stdout: "" });
    expect(root.shell(`gzip -dc /usr/share/man/man8/${name}.8.gz`).stdout).toContain("dead\\-letters");
    const completed = `. /usr/share/bash-completion/completions/${name}; COMP_WORDS=(x che) COMP_CWORD=1; _wandb_audit_forwarder; echo $COMPREPLY`;
    expect(root.shell(`bash -c '${completed}'`).stdout).toBe("check\n");
    const shared = `/usr/share/doc/${name}`;
    const pages = siems.map(({ page }) => `test -f ${shared}/${page} || echo ${page}`);
    expect(root.shell([...pages, `test -f ${shared}/README.md`].join("\n"))).toMatchObject({
      ...ended,
      stdout: "",
    });
    const sbom = JSON.parse(readFileSync(join(root.folder, `/usr/share/doc/${name}/sbom.cdx.json`), "utf8"));
    const names = sbom.components.map((component: { name: string }) => component.name);
    expect(names).toEqual(
      expect.arrayContaining(["node", "@aws-sdk/client-s3", "@platformatic/kafka", "zod"]),
    );
  });

  it("gets a configuration from init that the unit and the daemon can use", () => {
    root.write("/tmp/key", "key-0123456789");
    const asked = "--deployment dedicated --wandb-url https://127.0.0.1:9 --wandb-secret-file /tmp/key";
    const siem = "--siem splunk --siem-address https://127.0.0.1:9 --siem-secret-file /tmp/key --no-check";
    const written = root.shell(`umask 077; ${name} init ${asked} ${siem}`);
    expect(written).toMatchObject(ended);
    expect(written.stdout).toContain("systemctl enable --now");
    expect(root.shell(`stat -c '%a %U %G' ${config}`).stdout).toBe(`640 root ${name}\n`);
    expect(root.shell(`systemd-analyze verify ${name}.service`)).toMatchObject({ ...ended, stdout: "" });
    root.shell(`rm ${config}`);
  });

  it("reads a bucket by web identity and writes to Kafka, is upgraded in between, and nothing is sent twice", async () => {
    const bucket = await guardedBucket();
    const kafka = await startKafkaReceiver();
    closing.push(() => kafka.close());
    configure(root, configuration(bucket.url, kafka.address, kafka.topic));
    expect(root.shell(`stat -c '%a %U %G' ${config}`).stdout).toBe(`640 root ${name}\n`);
    // As the service manager does it: StateDirectory.
    root.shell(`install -d -m 700 -o ${name} -g ${name} ${state}`);
    const start = () => {
      const daemon = root.start(name, ["/usr/bin/wandb-audit-forwarder", "run"], bucket.environment);
      closing.push(() => daemon.kill("SIGKILL"));
      return daemon;
    };
    bucket.grow(40);
    const before = start();
    await eventually("what is there is in Kafka", () => kafka.count() === 40 || before.stderr() !== "");
    expect(before.stderr()).toBe("");
    expect(bucket.shown).toContain(token);
    // As the service manager ends it for an upgrade.
    before.kill("SIGTERM");
    expect(await before.exited).toEqual({ code: 0, signal: null });

    const upgraded = root.shell(`dpkg -i ${root.bring(packageOf("next", "deb"))}`);
    expect(upgraded.stdout).toContain(`over (${version}-1)`);
    expect(upgraded.status).toBe(0);
    bucket.grow(2);
    const after = start();
    await eventually("what is new is there, too", () => kafka.count() >= 42);
    expect(kafka.count()).toBe(42);
    expect(after.stderr()).toBe("");
    after.kill("SIGKILL");
    await after.exited;
  });

  it.skipIf(!kafkaIsHere)(`writes to Apache Kafka itself (${whyNoKafka})`, async () => {
    const bucket = await guardedBucket();
    const kafka = await startKafka();
    closing.push(() => kafka.close());
    await kafka.topic("audit");
    bucket.grow(25);
    configure(
      root,
      `state_dir: ${state}/other${configuration(bucket.url, `127.0.0.1:${kafka.ports.plain}`, "audit")}`,
    );
    const once = root.start(name, ["/usr/bin/wandb-audit-forwarder", "run", "--once"], bucket.environment);
    expect(await once.exited, once.stderr()).toEqual({ code: 0, signal: null });
    expect(await kafka.consume("audit", 25)).toHaveLength(25);
  });

  it("is set up by init as its unit wants it, and init refuses what the service would miss", () => {
    root.write("/root/key", "of-wandb\n");
    root.write("/root/token", "of-splunk\n");
    root.shell(`rm -rf ${config} /etc/${name}/credentials/* ${dropIn}`);
    const init = (...more: readonly string[]) =>
      root.shell(
        [
          `umask 077; ${name} init --no-check --deployment self-managed --wandb-url https://wandb.example`,
          "--wandb-secret-file /root/key",
          ...more,
        ].join(" "),
      );
    const splunk = "--siem splunk --siem-address https://splunk.example:8088 --siem-secret-file /root/token";
    root.shell("install -m 600 /root/key /etc/ca.pem");
    expect(init(splunk, "--siem-ca /root/ca.pem").stderr).toContain("does not see that folder");
    expect(init(splunk, "--siem-ca /etc/ca.pem").stderr).toContain("may not read it: chmod 0644");
    expect(root.shell(`test -e ${config}`).status).not.toBe(0);
    expect(init(splunk)).toMatchObject(ended);
    const folder = `/etc/${name}`;
    expect(root.shell(`stat -c '%a %U %G' ${config} ${folder}/credentials/hec-token ${dropIn}`).stdout).toBe(
      `640 root ${name}\n600 root root\n644 root root\n`,
    );
    expect(root.shell(`systemd-analyze verify ${name}.service`)).toMatchObject({ ...ended, stdout: "" });

    root.shell(`rm -r ${config} ${folder}/credentials/*`);
    const other = "--siem file --siem-address /srv/audit/audit.ndjson";
    expect(init(other).stdout).toContain("is kept: add the line ReadWritePaths=-/srv/audit");
    root.shell(`rm -r ${config} ${folder}/credentials/*; rm ${dropIn}`);
    expect(init(other).stdout).toContain(`-o ${name} -g ${name} /srv/audit`);
    expect(root.shell(`cat ${dropIn}`).stdout).toBe("[Service]\nReadWritePaths=-/srv/audit\n");
  });

  it("keeps configuration and state when it is removed, and asks before a purge takes the state", () => {
    const noted = `${state}/noted`;
    root.shell(`install -d ${state}; touch ${noted}; test -e ${config} || touch ${config}`);
    expect(root.shell(`dpkg -r ${name}`).status).toBe(0);
    expect(root.shell(`test -e /usr/bin/${name}`).status).not.toBe(0);
    expect(root.shell(`test -e ${noted} && test -e ${config}`).status).toBe(0);

    // Nobody is there to be asked.
    const purged = root.shell(`dpkg -P ${name}`);
    expect(purged.status).toBe(0);
    expect(purged.stderr).toContain(`${state} was kept`);
    expect(root.shell(`test -e ${noted} && test ! -e /etc/${name}`).status).toBe(0);
    // Of a credential that is gone: with it the unit would not start.
    expect(root.shell(`test ! -e ${dropIn} && test ! -e $(dirname ${dropIn})`).status).toBe(0);

    const install = `dpkg -i ${root.bring(packageOf("next", "deb"))} >/dev/null`;
    const asked = (answer: string) =>
      root.shell(`${install} && yes ${answer} | DEBIAN_FRONTEND=teletype dpkg -P ${name}`);
    const no = asked("no");
    expect(no.stdout).toContain("Remove the records that wandb-audit-forwarder keeps?");
    expect(root.shell(`test -e ${noted}`).status).toBe(0);
    expect(asked("yes").status).toBe(0);
    expect(root.shell(`test ! -e ${state}`).status).toBe(0);

    // The state on another disk.
    root.shell(`mkdir /srv/state; touch /srv/state/noted; ln -s /srv/state ${state}`);
    expect(asked("yes").stderr).toContain("/srv/state was kept");
    expect(root.shell(`test -e /srv/state/noted && test ! -L ${state}`).status).toBe(0);
    const mounted = root.shell(
      `mkdir -p ${state}; mount -t tmpfs none ${state}; touch ${state}/noted; ${install} && yes yes | DEBIAN_FRONTEND=teletype dpkg -P ${name}; echo ended $?; ls ${state}`,
    );
    expect(mounted.stdout).toMatch(/ended 0\n$/);
    expect(mounted.stderr).toContain(`${state} was emptied and is still there`);
  });
});

describe.skipIf(!packagesAreHere)(`the package of RPM in a bare root (${whyNoPackages})`, () => {
  let root: BareRoot;
  let rpm: (...args: string[]) => ReturnType<BareRoot["shell"]>;
  beforeAll(() => {
    root = bareRoot();
    rpm = (...args) => root.onIt("rpm", "--root", root.folder, ...args);
    rpm("--initdb");
  });
  afterAll(() => root.remove());

  it("asks for no more than a system with systemd has", () => {
    const { stdout } = rpm("-qpR", packageOf("first", "rpm"));
    const wanted = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("rpmlib("));
    expect(wanted.sort()).toEqual(["glibc >= 2.28", "libgcc", "libstdc++ >= 8", "systemd >= 247"]);
  });

  it("says which of its files are documents, so that whoever wants none gets none", () => {
    const of = (which: string) => rpm(`-qp${which}`, packageOf("first", "rpm")).stdout.split("\n");
    const documents = of("d");
    const beside = of("l").filter(
      (file) => /^\/usr\/share\/(doc|man)\/.*\./.test(file) && !documents.includes(file),
    );
    expect(documents).toContain(`/usr/share/doc/${name}/examples/self-managed.yaml`);
    expect(documents).toContain(`/usr/share/man/man8/${name}.8.gz`);
    expect(beside).toEqual([]);
  });

  it("is installed, used, upgraded with its state, and removed without it", () => {
    // The database of this root is dpkg's: rpm would find none of what it asks for.
    expect(rpm("-i", "--nodeps", packageOf("first", "rpm"))).toMatchObject({ status: 0 });
    expect(rpm("-V", "--nodeps", name)).toMatchObject({ status: 0, stdout: "" });
    expect(root.shell(`${name} --version`)).toMatchObject({ ...ended, stdout: `${version}\n` });
    expect(root.shell(`systemd-analyze verify ${name}.service`)).toMatchObject({ ...ended, stdout: "" });
    configure(root, configuration("http://127.0.0.1:9", "127.0.0.1:9", "t"));
    expect(root.shell(`stat -c '%a %U %G' ${config}`).stdout).toBe(`640 root ${name}\n`);
    const checked = root.shell(
      `setpriv --reuid=${name} --regid=${name} --clear-groups ${name} check --offline`,
    );
    expect(checked.stdout).toContain(config);
    root.shell(`install -d -m 700 -o ${name} ${state}; touch ${state}/noted`);
    expect(rpm("-U", "--nodeps", packageOf("next", "rpm"))).toMatchObject({ status: 0 });
    expect(rpm("-q", name).stdout).toContain(`${version}-2`);
    expect(root.shell(`test -e ${state}/noted && test -e ${config}`).status).toBe(0);
    const removed = rpm("-e", name);
    expect(removed.status).toBe(0);
    expect(removed.stdout).toContain(`${state} was kept`);
    expect(
      root.shell(`test -e ${state}/noted && test -e ${config} && test ! -e /usr/bin/${name}`).status,
    ).toBe(0);
  });
});
