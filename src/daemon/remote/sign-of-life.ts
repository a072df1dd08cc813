/** So many looks go by until an answer is wanted once more: each answer wakes a thread that rests. */
const looksPerAnswer = 12;
/** So many looks after that an answer may come. */
const patienceLooks = 18;

/**
 * Whether what is looked at every few seconds still answers. It is counted in looks and not in time: whoever
 * looks stands still together with what it looks at when the process is stopped or the machine sleeps.
 */
export class SignOfLife {
  /** Since an answer was wanted first, where none has come; otherwise since the last answer. */
  #looks = looksPerAnswer - 1;
  #wanted = false;

  /** There is a look: true when an answer to it is wanted. */
  look(): boolean {
    this.#looks++;
    if (this.#wanted || this.#looks < looksPerAnswer) return false;
    this.#wanted = true;
    this.#looks = 0;
    return true;
  }

  answered(): void {
    this.#wanted = false;
    this.#looks = 0;
  }

  /** It should have answered long ago. */
  get missing(): boolean {
    return this.#wanted && this.#looks >= patienceLooks;
  }
}
