export interface Agent {
  readonly name: string;
  readonly version: string;
}
