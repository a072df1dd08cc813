import { type CommandEntry, everyCommand, type WantedOption } from "./command-tree.ts";

/** What bash completes; it needs nothing but bash. */
export function bashCompletion(program: CommandEntry): string {
  const commands = everyCommand(program);
  return `# Made by npm run docs from the program's own commands; do not edit.
# shellcheck shell=bash disable=SC2207

_wandb_audit_forwarder() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command/$word" in
${commands.slice(1).map(step).join("\n")}
    esac
  done
  case "$command/$before" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "$command" in
${commands.map(wordCase).join("\n")}
  esac
}
complete -o bashdefault -F _wandb_audit_forwarder wandb-audit-forwarder
`;
}

const keyOf = ({ path }: CommandEntry) => path.join(" ");

function step(command: CommandEntry): string {
  const above = command.path.slice(0, -1).join(" ");
  return `      "${above}/${command.path.at(-1)}") command="${keyOf(command)}" ;;`;
}

function valueCases(command: CommandEntry): string[] {
  return command.options.flatMap((option) => {
    if (option.takes === "nothing") return [];
    const pattern = option.names.map((name) => `"${keyOf(command)}/${name}"`).join(" | ");
    return [`    ${pattern}) ${valueReply(option)}; return ;;`];
  });
}

function valueReply({ takes, choices }: WantedOption): string {
  if (choices.length > 0) return `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current"))`;
  return takes === "file" ? `COMPREPLY=($(compgen -f -- "$current"))` : "COMPREPLY=()";
}

function wordCase(command: CommandEntry): string {
  const words = [
    ...command.commands.map(({ path }) => path.at(-1)),
    ...command.arguments.flatMap(({ choices }) => choices),
    ...command.options.flatMap(({ names }) => names),
  ];
  const files = command.arguments.some(({ isFile }) => isFile) ? ` $(compgen -f -- "$current")` : "";
  return `    "${keyOf(command)}") COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current")${files}) ;;`;
}
