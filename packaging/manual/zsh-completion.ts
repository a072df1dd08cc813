import { type CommandEntry, everyCommand, type WantedOption } from "./command-tree.ts";

/** What zsh completes, with what each thing is about. */
export function zshCompletion(program: CommandEntry): string {
  const functions = everyCommand(program).map(functionOf);
  return `#compdef wandb-audit-forwarder
# Made by npm run docs from the program's own commands; do not edit.

${functions.join("\n\n")}

_wandb-audit-forwarder "$@"
`;
}

const nameOf = (path: readonly string[]) => ["_wandb-audit-forwarder", ...path].join("-");

function functionOf(command: CommandEntry): string {
  const options = command.options.map(optionSpec);
  if (command.commands.length > 0) return dispatcher(command, options);
  const wanted = command.arguments.map(({ flags, choices, isFile }, at) => {
    const many = flags.includes("...") ? "*" : String(at + 1);
    const values = choices.length > 0 ? `(${choices.join(" ")})` : isFile ? "_files" : " ";
    return quoted(`${many}:${flags.replaceAll(/[^\w ]/g, "")}:${values}`);
  });
  return `${nameOf(command.path)}() {
  _arguments ${[...options, ...wanted].join(" \\\n    ")}
}`;
}

/** A command that has others below it. */
function dispatcher(command: CommandEntry, options: readonly string[]): string {
  const named = command.commands.map(({ path, summary }) => quoted(`${path.at(-1)}:${summary}`));
  const cases = command.commands.map(({ path }) => `        ${path.at(-1)}) ${nameOf(path)} ;;`);
  return `${nameOf(command.path)}() {
  local -a commands
  local state line
  commands=(
    ${named.join("\n    ")}
  )
  _arguments -C ${options.join(" \\\n    ")} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${cases.join("\n")}
      esac ;;
  esac
}`;
}

function optionSpec({ names, about, takes, choices }: WantedOption): string {
  const told = about.replaceAll(/[[\]]/g, "\\$&").replaceAll(":", "\\:");
  const values = choices.length > 0 ? `(${choices.join(" ")})` : takes === "file" ? "_files" : " ";
  const value = takes === "nothing" ? "" : `:value:${values}`;
  const text = quoted(`[${told}]${value}`);
  if (names.length === 1) return `${names[0]}${text}`;
  return `'(${names.join(" ")})'{${names.join(",")}}${text}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
