import { type BucketAccess, bucketSecrets } from "./bucket-keys.ts";
import { keyFileText } from "./key-file.ts";

/** One client at a time, for the secrets and the key file as they are now. */
export class CurrentClient<Client extends { close(): void }> {
  readonly #access: BucketAccess;
  readonly #make: () => Promise<Client>;
  #keyFile: string | undefined;
  #made: { readonly key: string; readonly client: Promise<Client> } | undefined;

  constructor(access: BucketAccess, make: () => Promise<Client>) {
    this.#access = access;
    this.#make = make;
  }

  /** Rejects where there can be none, with UnusableKeyFile too; the next call tries again. */
  async current(): Promise<Client> {
    this.#keyFile = this.#readKeyFile();
    const secrets = bucketSecrets(this.#access).map((secret) => secret.reveal());
    const key = JSON.stringify([...secrets, this.#keyFile]);
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

  /** One that is just being replaced leaves the client in use. */
  #readKeyFile(): string | undefined {
    const { key_file: path } = this.#access;
    if (path === undefined) return undefined;
    try {
      return keyFileText(path);
    } catch (error) {
      if (this.#made === undefined) throw error;
      return this.#keyFile;
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
