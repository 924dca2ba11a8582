import { oddIdToken } from "./idToken.ts";

export const clockBehind = oddIdToken(
  {
    name: "clock-behind",
    cause: "A24",
    seen: "Sign-ins fail at the exchange: the clock of Salesforce is an hour behind, its ID tokens are over when they arrive.",
  },
  ({ iat = 0, exp = 0, ...claims }) => ({ ...claims, iat: iat - 3_600, exp: exp - 3_600 }),
);
