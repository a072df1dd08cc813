import { expect, it } from "vitest";
import { examples } from "../../bin/example-events.ts";
import { fieldsOf } from "../../bin/payload-fields.ts";
import { tableColumns } from "../../bin/sentinel/columns.ts";
import { savedFunctions } from "../../bin/sentinel/template.ts";

/** Where Sentinel puts the keys of CEF that we use, as Microsoft documents it (CEF key mapping of CommonSecurityLog). */
const columnOfKey: Readonly<Record<string, string>> = {
  ...{
    act: "DeviceAction",
    outcome: "EventOutcome",
    suser: "SourceUserName",
    suid: "SourceUserID",
    src: "SourceIP",
  },
  ...{ dvchost: "DeviceName", deviceExternalId: "DeviceExternalID", externalId: "ExtID", msg: "Message" },
  ...{ duid: "DestinationUserID", duser: "DestinationUserName", filePath: "FilePath", fileId: "FileID" },
  ...{
    fileHash: "FileHash",
    requestClientApplication: "RequestClientApplication",
    flexString1: "FlexString1",
  },
  ...{ flexString2: "FlexString2", c6a2: "DeviceCustomIPv6Address2", severity: "LogSeverity" },
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`cs${number}`, `DeviceCustomString${number}`])),
  ...{ cn1: "FieldDeviceCustomNumber1", cn2Label: "DeviceCustomNumber2Label" },
};

/** What a column of the function is made of: the parts of its expression that are columns of CommonSecurityLog. */
const made = new Map(
  [...(savedFunctions()[0]?.body.split("let Table")[0] ?? "").matchAll(/^ {6}(\w+)(?: = (.*?))?,?$/gm)].map(
    ([, name = "", expression]) => [name, expression ?? name],
  ),
);

it("of every documented action each column has what the table has", () => {
  let compared = 0;
  for (const { action, event } of examples()) {
    const cef = new Map<string, string>();
    for (const [key, [value = ""]] of fieldsOf("cef", event)) {
      const column = columnOfKey[key];
      if (column !== undefined) cef.set(column, value);
    }
    const json = fieldsOf("json", event);
    for (const { field, name } of tableColumns) {
      const expression = made.get(name);
      const [wanted] = json.get(field) ?? [];
      if (expression === undefined || wanted === undefined) continue;
      const rest = /^tostring\(Rest\.(\w+)\)$/.exec(expression)?.[1];
      const found =
        rest === undefined
          ? [...expression.matchAll(/\w+/g)]
              .map(([word]) => cef.get(word))
              .find((value) => value !== undefined)
          : JSON.parse(cef.get("DeviceCustomString6") ?? "{}")[rest];
      const plain = name === "CliVersion" ? found?.replace("wandb-python/", "") : found;
      expect([action, name, String(plain)]).toEqual([action, name, wanted]);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(300);
});

it("knows a column for each that a rule may ask for, or says why there is none", () => {
  const none = [
    "ArtifactSequenceName",
    "ArtifactVersionIndex",
    "Tags",
    "Labels",
    "Fault",
    "Raw",
    "Unmapped",
    "Observed",
  ];
  expect(
    tableColumns
      .map(({ name }) => name)
      .filter((name) => !made.has(name))
      .toSorted(),
  ).toEqual(none.toSorted());
});
