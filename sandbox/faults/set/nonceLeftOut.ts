import { oddIdToken } from "./idToken.ts";

export const nonceLeftOut = oddIdToken(
  {
    name: "nonce-left-out",
    cause: "A11",
    seen: "Sign-ins fail at the exchange: the ID token lacks the nonce that the page sent.",
  },
  ({ nonce: _, ...claims }) => claims,
);
