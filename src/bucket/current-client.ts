import { type BucketAccess, bucketSecrets } from "./bucket-keys.ts";

/** One client at a time, for the secrets as they are now. */
export class CurrentClient<Client extends { close(): void }> {
  readonly #access: BucketAccess;
  readonly #make: () => Promise<Client>;
  #made: { readonly key: string; readonly client: Promise<Client> } | undefined;

  constructor(access: BucketAccess, make: () => Promise<Client>) {
    this.#access = access;
    this.#make = make;
  }

  /** Rejects where there can be none; the next call tries again. */
  async current(): Promise<Client> {
    const key = JSON.stringify(bucketSecrets(this.#access).map((secret) => secret.reveal()));
    if (this.#made?.key !== key) {
      this.close();
      this.#made = { key, client: this.#make() };
    }
    const { client } = this.#made;
    try {
      return await client;
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }

  close(): void {
    this.#made?.client.then(
      (client) => client.close(),
      () => {},
    );
    this.#made = undefined;
  }
}
