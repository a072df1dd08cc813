import { createRequire } from "node:module";

/** What Microsoft's own language service says of a query. */
export interface KustoFault {
  readonly line: number;
  readonly message: string;
}

interface Diagnostic {
  readonly Start: number;
  readonly Severity: string;
  readonly Message: string;
}
interface Diagnostics {
  readonly Count: number;
  getItem(at: number): Diagnostic;
}
/** As much of it as is used. It is made for browsers: what it exports is global. */
interface LanguageService {
  readonly Kusto: {
    readonly Language: {
      readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
      readonly KustoCode: {
        ParseAndAnalyze(text: string, globals: unknown): { GetDiagnostics(): Diagnostics };
      };
      readonly Symbols: {
        readonly Symbol: unknown;
        readonly TableSymbol: {
          readonly $ctor7: new (name: string, columns: string, about: null) => unknown;
        };
        readonly DatabaseSymbol: {
          readonly $ctor3: new (name: string, other: null, members: unknown, isOpen: boolean) => unknown;
        };
      };
    };
  };
  readonly System: {
    readonly Collections: {
      readonly Generic: {
        List$1(of: unknown): { readonly ctor: new () => { add(member: unknown): void } };
      };
    };
  };
}

const require = createRequire(import.meta.url);

/** A reader of queries over these tables, each `Name (Column:type, ...)`. */
export function kustoReader(tables: readonly string[]): (text: string) => KustoFault[] {
  require("@kusto/language-service-next/bridge.min.js");
  require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
  const { Kusto, System } = globalThis as unknown as LanguageService;
  const { GlobalState, KustoCode, Symbols } = Kusto.Language;
  const members = new (System.Collections.Generic.List$1(Symbols.Symbol).ctor)();
  for (const table of tables) {
    const [, name = "", columns = ""] = /^(\w+) (\(.*\))$/s.exec(table) ?? [];
    members.add(new Symbols.TableSymbol.$ctor7(name, columns, null));
  }
  const globals = GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.$ctor3("logs", null, members, false),
  );
  return (text) => {
    const found = KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
    return Array.from({ length: found.Count }, (_, at) => found.getItem(at))
      .filter(({ Severity }) => Severity === "Error")
      .map(({ Start, Message }) => ({ line: text.slice(0, Start).split("\n").length, message: Message }));
  };
}
