import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type BuildPlace, buildPlace } from "./build-place.ts";
import { askedFor, type Built, buildExecutables } from "./executable.ts";
import { type SigningKey, signingKey, writeChecksums } from "./package/checksums.ts";
import { writeDescription } from "./package/description.ts";
import { stage } from "./package/stage.ts";

const kinds = ["deb", "rpm"] as const;
type Kind = (typeof kinds)[number];

/** Whom a package names as its maintainer, unless PACKAGE_MAINTAINER says otherwise. */
const usualMaintainer = "wandb-audit-forwarder maintainers <maintainers@wandb-audit-forwarder.invalid>";

/** Makes a package of this kind for each executable. Building needs nfpm, or Go; what is built needs neither. */
function packageExecutables(kind: Kind, built: Built, place: BuildPlace, key: SigningKey | undefined): void {
  const { root, out, version, release, builtAt } = place;
  const maintainer = process.env.PACKAGE_MAINTAINER ?? usualMaintainer;
  const nfpm = execFileSync(join(root, "packaging/tools"), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  for (const old of readdirSync(out).filter((name) => name.endsWith(`.${kind}`))) rmSync(join(out, old));
  for (const { architecture, file } of built.executables) {
    const staged = stage(file, built, maintainer, place);
    const description = writeDescription(root, staged, place.work);
    const { status, stdout, stderr } = spawnSync(
      nfpm.trim(),
      ["package", "-f", description, "--packager", kind, "--target", out],
      {
        cwd: root,
        encoding: "utf8",
        env: {
          ...process.env,
          SOURCE_DATE_EPOCH: String(builtAt.getTime() / 1000),
          PACKAGE_ARCH: architecture,
          PACKAGE_VERSION: version,
          PACKAGE_RELEASE: release,
          PACKAGE_MAINTAINER: maintainer,
          PACKAGE_STAGE: staged,
          PACKAGE_SIGNING_KEY: key?.file ?? "",
          NFPM_PASSPHRASE: key?.passphrase ?? "",
        },
      },
    );
    if (status !== 0) throw new Error(`nfpm makes no package: ${stdout}${stderr}`);
  }
}

/** `node packaging/package.ts deb|rpm… [amd64] [arm64]` */
const asked = process.argv.slice(2);
const wanted = kinds.filter((kind) => asked.includes(kind));
if (wanted.length === 0) throw new Error(`say which kind of package: ${kinds.join(" or ")}`);
const place = buildPlace(process.env);
const key = signingKey(process.env);
const machines = askedFor(asked.filter((word) => !kinds.some((kind) => kind === word)));
const built = await buildExecutables(machines, place);
for (const kind of wanted) packageExecutables(kind, built, place, key);
writeChecksums(place.out, key);
for (const name of readdirSync(place.out).filter((one) => wanted.some((kind) => one.endsWith(`.${kind}`))))
  process.stdout.write(`${join(place.out, name)}\n`);
