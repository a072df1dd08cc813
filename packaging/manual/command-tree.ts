import type { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import type { Argument, Command as Commander, Option } from "commander";
import { defineAll } from "../../src/command/definitions/all.ts";
import { described } from "../../src/command/described.ts";

/** An option or an argument, as the help names it. */
export interface Wanted {
  /** `-c, --config <file>`, `<event>`. */
  readonly flags: string;
  readonly about: string;
  /** Empty where any value may be given. */
  readonly choices: readonly string[];
}

/** An option, with what it is completed by. */
export interface WantedOption extends Wanted {
  /** `-c`, `--config`. */
  readonly names: readonly string[];
  readonly takes: "nothing" | "file" | "value";
}

/** A command with everything that its help says. */
export interface CommandEntry {
  /** With the names of the commands above it, without the program's. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly (Wanted & { readonly isFile: boolean })[];
  readonly options: readonly WantedOption[];
  /** What stands below the options: examples, exit codes, files. */
  readonly more: string;
  readonly commands: readonly CommandEntry[];
}

/** The program and its commands, from the definitions that the command line itself is made of. */
export function commandTree(version: string): CommandEntry {
  const nowhere = new PassThrough();
  const program = described({
    ...{ stdout: nowhere, stderr: nowhere, columns: 80, isTTY: false, colors: false },
    agent: { name: "wandb-audit-forwarder", version },
  });
  defineAll(program, () => Promise.resolve(), { config: () => "", configIfAny: () => undefined });
  return entryOf(program, []);
}

function entryOf(command: Commander, path: readonly string[]): CommandEntry {
  const help = command.createHelp();
  return {
    path,
    summary: command.summary(),
    description: command.description(),
    arguments: help.visibleArguments(command).map(argumentOf),
    options: help.visibleOptions(command).map((option) => optionOf(option, help.optionDescription(option))),
    more: moreOf(command),
    commands: command.commands.map((inner) => entryOf(inner, [...path, inner.name()])),
  };
}

function argumentOf(argument: Argument) {
  const { required, variadic, argChoices = [], description } = argument;
  const name = `${argument.name()}${variadic ? "..." : ""}`;
  return {
    flags: required ? `<${name}>` : `[${name}]`,
    about: description,
    choices: argChoices,
    isFile: argument.name() === "files",
  };
}

function optionOf(option: Option, about: string): WantedOption {
  const { flags, argChoices = [], required, optional } = option;
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const value = /[<[](.*?)[>\]]/.exec(flags)?.[1];
  const takesValue = required || optional;
  const takes = takesValue ? (/^(file|key|folder)$/.test(value ?? "") ? "file" : "value") : "nothing";
  return { flags, about, choices: argChoices, names, takes };
}

function moreOf(command: Commander): string {
  let text = "";
  const write = (piece: string) => {
    text += piece;
  };
  // That it is an emitter, its types do not say.
  (command as unknown as EventEmitter).emit("afterHelp", { error: false, command, write });
  return text.trim();
}

/** Every command, each before those below it; the program itself is the first. */
export function everyCommand(entry: CommandEntry): CommandEntry[] {
  return [entry, ...entry.commands.flatMap(everyCommand)];
}
