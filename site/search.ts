/** How far what is found may be from what was typed: a number, or a name of the program, is meant as it is. 413 is not 13. */
export const fuzziness = (term: string): number | false => (/[\d_]/.test(term) ? false : 0.2);
