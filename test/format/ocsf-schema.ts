import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Attribute {
  readonly type: string;
  readonly requirement: "required" | "recommended" | "optional";
  readonly is_array?: boolean;
  readonly object_type?: string;
  readonly enum?: Readonly<Record<string, string>>;
  readonly sibling?: string;
}
interface Definition {
  readonly uid?: number;
  readonly caption?: string;
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] };
  readonly attributes: Readonly<Record<string, Attribute>>;
}
interface Type {
  readonly type?: string;
  readonly regex?: string;
  readonly range?: readonly [number, number];
  readonly max_len?: number;
}
interface Schema {
  readonly version: string;
  readonly types: Readonly<Record<string, Type>>;
  readonly classes: Readonly<Record<string, Definition>>;
  readonly objects: Readonly<Record<string, Definition>>;
}

type Members = Readonly<Record<string, unknown>>;

const schema: Schema = JSON.parse(readFileSync(join(import.meta.dirname, "../data/ocsf_1.8.0.json"), "utf8"));

/** What is wrong with an event by the rules of the published schema of OCSF. */
export function ocsfProblems(event: Members): string[] {
  const name = Object.keys(schema.classes).find((each) => schema.classes[each]?.uid === event.class_uid);
  if (name === undefined) return [`class_uid: ${event.class_uid} is no class that is known here`];
  const definition = schema.classes[name] as Definition;
  const { class_uid, class_name, activity_id, type_uid, metadata } = event;
  const problems = problemsOf(event, definition, "");
  if (class_name !== definition.caption) problems.push(`class_name: is not ${definition.caption}`);
  if (type_uid !== Number(class_uid) * 100 + Number(activity_id)) problems.push("type_uid: is another one's");
  if ((metadata as Members | undefined)?.version !== schema.version)
    problems.push(`metadata.version: is not ${schema.version}`);
  return problems;
}

function problemsOf(value: Members, { attributes, constraints }: Definition, path: string): string[] {
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  const problems: string[] = [];
  if (Object.keys(value).length === 0) problems.push(`${path}: an empty object`);
  for (const [name, { requirement }] of Object.entries(attributes))
    if (requirement === "required" && value[name] === undefined) problems.push(`${at(name)}: is required`);
  for (const [name, member] of Object.entries(value)) {
    const attribute = attributes[name];
    if (attribute === undefined) problems.push(`${at(name)}: is no attribute`);
    else
      problems.push(
        ...valueProblems(member, attribute, at(name)),
        ...captionProblems(value, attribute, at(name)),
      );
  }
  const present = (names: readonly string[]) => names.filter((name) => value[name] !== undefined).length;
  const { at_least_one: any, just_one: one } = constraints ?? {};
  if (any !== undefined && present(any) === 0) problems.push(`${path}: wants one of ${any.join(", ")}`);
  if (one !== undefined && present(one) !== 1) problems.push(`${path}: wants just one of ${one.join(", ")}`);
  return problems;
}

function valueProblems(value: unknown, attribute: Attribute, path: string): string[] {
  if (Array.isArray(value) !== (attribute.is_array === true)) return [`${path}: a list or none`];
  if (!Array.isArray(value)) return singleProblems(value, attribute, path);
  if (value.length === 0) return [`${path}: an empty list`];
  return value.flatMap((each, index) => singleProblems(each, attribute, `${path}[${index}]`));
}

function singleProblems(value: unknown, attribute: Attribute, path: string): string[] {
  const { type, object_type, enum: captions } = attribute;
  if (type === "object_t") {
    if (typeof value !== "object" || value === null) return [`${path}: is no object`];
    if (object_type === "object") return Object.keys(value).length === 0 ? [`${path}: an empty object`] : [];
    const definition = schema.objects[object_type ?? ""];
    if (definition === undefined)
      return [`${path}: ${object_type} is not among the objects that are known here`];
    return problemsOf(value as Members, definition, path);
  }
  const problems = fits(value, type) ? [] : [`${path}: ${JSON.stringify(value)} is no ${type}`];
  if (captions !== undefined && !Object.hasOwn(captions, String(value)))
    problems.push(`${path}: ${value} is not in the enum`);
  return problems;
}

/** What stands beside an id says what the schema calls it; the source's own word beside 99 alone. */
function captionProblems(value: Members, { enum: captions, sibling }: Attribute, path: string): string[] {
  const id = value[path.split(".").at(-1) as string];
  if (captions === undefined || sibling === undefined || value[sibling] === undefined || id === 99) return [];
  return value[sibling] === captions[String(id)]
    ? []
    : [`${path}: ${value[sibling]} is another one's caption`];
}

function fits(value: unknown, name: string): boolean {
  const { type, regex, range, max_len } = schema.types[name] ?? {};
  const basic = type ?? name;
  if (basic === "boolean_t") return typeof value === "boolean";
  if (basic === "json_t") return true;
  if (basic === "integer_t" || basic === "long_t") {
    if (!Number.isSafeInteger(value)) return false;
    return range === undefined || (Number(value) >= range[0] && Number(value) <= range[1]);
  }
  if (basic === "float_t") return typeof value === "number";
  if (typeof value !== "string" || value === "") return false;
  return (
    (max_len === undefined || value.length <= max_len) &&
    (regex === undefined || new RegExp(regex).test(value))
  );
}
