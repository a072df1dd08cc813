/** This program, as it calls itself to others. */
export interface Agent {
  readonly name: string;
  readonly version: string;
}
