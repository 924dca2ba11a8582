import { getProject, getStack } from "@pulumi/pulumi/metadata.js";
import type { Input } from "@pulumi/pulumi/output.js";
import { type CustomResourceOptions, mergeOptions } from "@pulumi/pulumi/resource.js";
import { z } from "zod";
import type { Adoption } from "./adoption.ts";

/** Input properties as a program gives them: each may be an output of another resource. */
export type Args<Inputs> = { [Name in keyof Omit<Inputs, "owner">]: Input<Inputs[Name]> } & {
  /** The mark of whoever manages the object. Default: `<project>/<stack>/<resource name>/single`. */
  owner?: Input<string>;
  /** Takes over the object with this id instead of making one; docs/adoption.md. */
  adopt?: Input<Adoption | undefined>;
};

/** The input that all members share. */
export const ownedInputs = {
  owner: z.string().regex(/^[^[\]]+$/, "must not be empty nor contain brackets"),
};

/**
 * What the engine keeps in the state and the host evaluates to find the code. It is part of the state format:
 * the package name and the export names never change.
 */
export function providerLiteral(handler: string): string {
  return `exports.handler = () => require("authenticated-messaging-providers").${handler};`;
}

/** The owner of an object outside a set; its last part tells it from a set of the same name. */
export function ownerOf(resourceName: string): string {
  return `${getProject()}/${getStack()}/${resourceName}/single`;
}

/**
 * The options of every member. Targeted replacement, taint and triggers bypass the provider's own wish to delete
 * first, hence the resource option.
 */
export function memberOptions(
  options: CustomResourceOptions | undefined,
  secretOutputs: readonly string[] = [],
): CustomResourceOptions {
  return mergeOptions({ deleteBeforeReplace: true, additionalSecretOutputs: [...secretOutputs] }, options);
}

/** The engine creates output properties only for names that are among the inputs, if need be without a value. */
export function undeclared(...names: string[]): Record<string, undefined> {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
