import { type CommandEntry, everyCommand, type Wanted } from "./command-tree.ts";

/** The manual page of the program, section 8. */
export function manPage(program: CommandEntry, version: string): string {
  const [, ...commands] = everyCommand(program);
  const lines = [
    ".\\\" Made by npm run docs from the program's own commands; do not edit.",
    `.TH WANDB-AUDIT-FORWARDER 8 "" "wandb-audit-forwarder ${version}" "System Administration"`,
    ".SH NAME",
    "wandb-audit-forwarder \\- carry the Weights & Biases audit log into a SIEM",
    ".SH SYNOPSIS",
    ".B wandb-audit-forwarder",
    ".I command",
    "[options]",
    ".SH DESCRIPTION",
    roff(program.description),
    ...listOf(program.options),
    ".SH COMMANDS",
    ...commands.flatMap(commandPart),
    ...sections(program.more, ".SH", (title) => title.toUpperCase()),
    ".SH SEE ALSO",
    ".BR systemctl (1),",
    ".BR systemd.exec (5)",
    ".PP",
    "Every key of the configuration, and what to do when something is wrong, are in the documentation of the project.",
    "Examples are in",
    ".I /usr/share/doc/wandb-audit-forwarder/examples",
    "where the program was installed as a package of the system.",
  ];
  return `${lines.join("\n")}\n`;
}

function commandPart(command: CommandEntry): string[] {
  const given = command.arguments.map(({ flags }) => ` ${flags}`).join("");
  const below = command.commands.length > 0 ? " command" : "";
  return [
    `.SS "${roff(`${command.path.join(" ")}${given}${below}`)}"`,
    roff(command.description || command.summary),
    ...listOf([...command.arguments, ...command.options.filter(({ names }) => !names.includes("--help"))]),
    ...sections(command.more, ".PP", (title) => title),
  ];
}

function listOf(wanted: readonly Wanted[]): string[] {
  return wanted.flatMap(({ flags, about }) => [".TP", `.B ${roff(flags)}`, roff(about)]);
}

/** The text below the help of a command: headings, what is indented below them, and sentences. */
function sections(text: string, heading: string, titled: (title: string) => string): string[] {
  return text.split(/\n\n+/).flatMap((part) => {
    const [first = "", ...rest] = part.split("\n");
    const title = /^([^ ].*):$/.exec(first)?.[1];
    if (title === undefined) return part === "" ? [] : [".PP", ...part.split("\n").map(roff)];
    const above = heading === ".SH" ? [`.SH ${titled(title)}`] : [".PP", `${titled(title)}:`];
    return [...above, ".PP", ".nf", ...rest.map((line) => roff(line.replace(/^ {2}/, ""))), ".fi"];
  });
}

/** Text that means nothing to troff: no line begins with a point or an apostrophe, and a hyphen is one. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^(?=[.'])/, "\\&");
}
