import type { MemberName } from "../stack/messagingSet.ts";

/** What a difference can be in: a member, or what the web page is to use. */
export type Part = MemberName | "page";

/** One setting of which the two sides have different values. */
export interface Difference {
  member: Part;
  /** Path of the setting under the vendor's own names: `globalOauthSettings.callbackUrl`. */
  property: string;
  /** Missing where that side has no value. Ids and hosts of the own set stand as `<integration>`, `<salesforce>`. */
  left?: string | undefined;
  right?: string | undefined;
  /** The cause of a failed sign-in that this may be, such as `A3`. */
  cause?: string | undefined;
  /** Why it may matter. */
  why: string;
}

/** A difference that two sets cannot but have. */
export interface ExpectedDifference extends Omit<Difference, "cause" | "why"> {
  because: string;
}

export interface Side {
  /** For people: `production:shop`, `program`. */
  name: string;
  stack: string;
  set: string;
}

export interface Comparison {
  left: Side;
  right: Side;
  differences: Difference[];
  expected: ExpectedDifference[];
  /** How many settings have the same value on both sides. */
  same: number;
}
