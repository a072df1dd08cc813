/**
 * Where the records of a passage are in the ledger: a day, and for each run of identities that have numbers
 * in a row the first of them, how many they are, and the digest of names that all of them show.
 */
export class PassagePlaces {
  /** Day, numbering, and three numbers for each run. */
  readonly numbers: number[] = [];
  /** All are of one day; others are not remembered. */
  ofOneDay = true;

  /** More records, of as many identities with numbers in a row, the first of them `at`. */
  note(day: number, numbering: number, at: number, digest: number, more = 1): void {
    const { numbers } = this;
    if (numbers.length === 0) numbers.push(day, numbering);
    if (numbers[0] !== day || numbers[1] !== numbering) this.ofOneDay = false;
    const last = numbers.length - runNumbers;
    const count = numbers[last + 1] as number;
    if (last >= 2 && numbers[last + 2] === digest && (numbers[last] as number) + count === at)
      numbers[last + 1] = count + more;
    else numbers.push(at, more, digest);
  }
}

const runNumbers = 3;

/** Some records of a passage, one behind the other. */
export interface Run {
  readonly first: number;
  readonly count: number;
  readonly digest: number;
}

/** What `PassagePlaces.numbers` are, read again. */
export function* runsIn(numbers: ArrayLike<number>): Generator<Run, void> {
  for (let at = 2; at < numbers.length; at += runNumbers)
    yield {
      first: numbers[at] as number,
      count: numbers[at + 1] as number,
      digest: numbers[at + 2] as number,
    };
}
