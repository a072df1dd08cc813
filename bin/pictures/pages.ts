import { boardPictures } from "./boards.ts";
import { svg } from "./drawing.ts";
import { wayPictures } from "./ways.ts";

/** The pictures of the pages for SIEMs, by path: the way to an alert, and the dashboards. */
export function picturePages(): Readonly<Record<string, string>> {
  const named = (prefix: string, pictures: ReturnType<typeof wayPictures>) =>
    Object.entries(pictures).map(([name, picture]) => [`docs/images/${prefix}-${name}.svg`, svg(picture)]);
  return Object.fromEntries([...named("way", wayPictures()), ...named("dashboard", boardPictures())]);
}
