import { bucketPlaceOf, type StoreName } from "../bucket/bucket-place.ts";
import type { Deployment } from "./choices.ts";
import { type Answers, either, filePath, httpAddress, type InitQuestion, word } from "./question.ts";

const instance: InitQuestion = {
  name: "instance",
  text: "Host of the W&B server whose log that is",
  example: "acme.wandb.io",
  wrong: word,
};

const place = (example: string, store: StoreName): InitQuestion => ({
  name: "bucket",
  text: "Bucket that W&B writes its log to, with the prefix",
  example,
  wrong: (answer) =>
    bucketPlaceOf(answer)?.store === store && !answer.includes("${")
      ? undefined
      : `not a bucket of ${store}://`,
});

/** Who the forwarder is to the store. The vendors' SDKs find a role by themselves. */
const access = (text: string, example: string, wrong: InitQuestion["wrong"]): InitQuestion => ({
  ...{ name: "bucket-access", text: `${text}, or role where the machine or pod has one` },
  ...{ example, usual: role, wrong },
});
const role = "role";
const isKeyed = (answers: Answers) => answers["bucket-access"] !== role;

/** W&B writes there every ten minutes. */
const inBucket = (answers: Answers) => ({
  ...{ name: "bucket", type: "bucket", url: answers.bucket, instance: answers.instance },
  ...{ start: "30d", poll_interval: "10m" },
});

const amazon = "aws";

/** Where the log is stored, in the order in which they are offered. */
export const storedLogs: readonly Deployment[] = [
  {
    name: "bucket-s3",
    title: "The bucket that W&B writes its log to, in S3 or what speaks like it",
    questions: [
      place("s3://acme-wandb/wandb-audit-logs", "s3"),
      instance,
      { name: "region", text: "Region of the bucket", example: "eu-central-1", wrong: word },
      {
        ...{ name: "endpoint", text: "Address of the store, or aws for Amazon's own" },
        ...{ example: "https://minio.corp.example:9000", usual: amazon },
        wrong: (answer) => (answer === amazon ? undefined : httpAddress(answer)),
      },
      access("Access key id", "AKIA0EXAMPLE", word),
    ],
    secret: { name: "bucket-secret-key", text: "Secret of that access key", wanted: isKeyed },
    source: (answers, secret) => ({
      ...inBucket(answers),
      region: answers.region,
      ...(answers.endpoint === amazon ? {} : { endpoint: answers.endpoint }),
      ...(secret === undefined ? {} : { access_key_id: answers["bucket-access"], secret_access_key: secret }),
    }),
  },
  {
    name: "bucket-gs",
    title: "The same in Google Cloud Storage",
    questions: [
      place("gs://acme-wandb/wandb-audit-logs", "gs"),
      instance,
      access("key for a service account's key file", "key", either("key", role)),
    ],
    secret: {
      ...{ name: "bucket-key.json", text: "JSON file with the key of the service account" },
      ...{ isFile: true, wanted: isKeyed },
    },
    source: (answers, file) => ({ ...inBucket(answers), ...(file === undefined ? {} : { key_file: file }) }),
  },
  {
    name: "bucket-az",
    title: "The same in Azure Blob Storage",
    questions: [
      place("az://acmewandb/logs/wandb-audit-logs", "az"),
      instance,
      access("account_key or sas_token", "sas_token", either("account_key", "sas_token", role)),
    ],
    secret: { name: "bucket-credential", text: "That key or token", wanted: isKeyed },
    source: (answers, secret) => ({
      ...inBucket(answers),
      ...(secret === undefined ? {} : { [answers["bucket-access"] ?? ""]: secret }),
    }),
  },
  {
    name: "file",
    title: "Files of the log: exports, copies of the bucket",
    questions: [
      {
        ...{ name: "log-path", text: "A file, or a pattern for several" },
        ...{ example: "/srv/wandb-exports/*.ndjson.gz", wrong: filePath },
      },
      instance,
    ],
    source: (answers) => ({
      ...{ name: "files", type: "file", path: answers["log-path"], instance: answers.instance },
      poll_interval: "1m",
    }),
    reads: ({ "log-path": path = "" }) => path,
  },
  {
    name: "archive",
    title: "An archive that a forwarder has stored in a directory",
    questions: [
      { name: "log-path", text: "Its directory", example: "/srv/wandb-archive", wrong: filePath },
      instance,
    ],
    source: (answers) => ({
      ...{ name: "archived", type: "archive", url: `file://${answers["log-path"]}` },
      ...{ instance: answers.instance, start: "30d" },
    }),
    reads: ({ "log-path": path = "" }) => path,
  },
];
