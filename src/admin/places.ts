import type { PlaceAnswer } from "../spool/spool.ts";
import { jsonAnswer, type Route, type Routes } from "./routes.ts";

/** Who carries out what a person says; each resolves with false where there was nothing to answer. */
export interface PlaceAnswers {
  answerPlace(output: string, answer: PlaceAnswer): Promise<boolean>;
  startOver(source: string): Promise<boolean>;
}

const answers: readonly string[] = ["adopt", "start_over", "from_now"] satisfies PlaceAnswer[];

/** What a person says of a changed destination or instance, by path, to be asked by POST. */
export function placeActions({ answerPlace, startOver }: PlaceAnswers): Routes {
  const action =
    (known: readonly string[], carryOut: (name: string, answer: string) => Promise<boolean>): Route =>
    async (query) => {
      const [name, answer] = [query.get("name"), query.get("answer")];
      if (name === null || answer === null || !known.includes(answer))
        return {
          status: 400,
          type: "text/plain; charset=utf-8",
          body: `the query takes name, and answer: ${known.join(", ")}\n`,
        };
      return jsonAnswer(200, { asked: await carryOut(name, answer) });
    };
  return {
    "/outputs/answer": action(answers, (name, answer) => answerPlace(name, answer as PlaceAnswer)),
    "/sources/answer": action(["start_over"], (name) => startOver(name)),
  };
}
