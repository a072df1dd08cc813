import { isOwn } from "../own/own-origin.ts";
import { type Origin, oncePerOrigin } from "../record/origin.ts";

/** What formats call the product that an event is about. */
export interface Product {
  readonly cefVendor: string;
  readonly cefProduct: string;
  readonly service: string;
  /** ECS: `event.module`, and `event.provider`. */
  readonly module: string;
  readonly dataset: string;
  readonly observerVendor: string;
  readonly observerProduct: string;
  /** CIM: `vendor_product`, and where the record itself is nested. */
  readonly vendorProduct: string;
  readonly nested: string;
  /** Where keys go that no format has a field for. */
  readonly rest: "unmapped" | "forwarder";
}

const wandb: Product = {
  cefVendor: "Weights & Biases",
  cefProduct: "wandb",
  service: "wandb",
  module: "wandb",
  dataset: "wandb.audit",
  observerVendor: "Weights & Biases",
  observerProduct: "W&B",
  vendorProduct: "Weights & Biases wandb",
  nested: "wandb",
  rest: "unmapped",
};

const name = "wandb-audit-forwarder";
const forwarder: Product = {
  cefVendor: name,
  cefProduct: name,
  service: name,
  module: "wandb_audit_forwarder",
  dataset: "wandb_audit_forwarder.event",
  observerVendor: name,
  observerProduct: name,
  vendorProduct: name,
  nested: "forwarder",
  rest: "forwarder",
};

/** W&B, or this program where it tells of itself. */
export function productOf(origin: Origin): Product {
  return isOwn(origin) ? forwarder : wandb;
}

/** `make` of the product that an event is about, made once for each. */
export function oncePerProduct<Made>(make: (product: Product) => Made): (origin: Origin) => Made {
  return oncePerOrigin((origin) => make(productOf(origin)));
}

/** What a CEF line begins with: the fields before the Device Version. */
export function cefStart({ cefVendor, cefProduct }: Product): string {
  return `CEF:0|${cefVendor}|${cefProduct}|`;
}
