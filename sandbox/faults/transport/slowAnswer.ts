import { setTimeout as pause } from "node:timers/promises";
import { bothVendors, type Fault } from "../fault.ts";

const USUAL_MS = 2_000;

export const slowAnswer: Fault = {
  name: "slow-answer",
  kind: "transport",
  seen: "What was asked for is done at once, but the answer takes its time.",
  vendors: bothVendors,
  takesTime: true,
  after: (answer, { options }) => pause(options.milliseconds ?? USUAL_MS, answer, { ref: false }),
};
