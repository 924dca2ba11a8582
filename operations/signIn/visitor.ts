/** Who signs in, and how: by user name and password without a browser, or in person in a browser. */
export type Visitor = Account | Person;

/** A user whom plain HTML forms let in: no second factor, no script. */
export interface Account {
  username: string;
  password: string;
}

/** Somebody who signs in at a browser of their own. */
export interface Person {
  /** Where the browser is sent back to, a callback URL of the app; that of the page contract when left out. */
  redirectUri?: string | undefined;
  /** For the evidence: "in a browser". */
  how: string;
  /**
   * Has the person sign in, and waits for it.
   *
   * @param authorizeUrl where to sign in
   * @returns the address at which the browser ended
   */
  signIn(authorizeUrl: URL, signal: AbortSignal | undefined): Promise<URL>;
}

export function isPerson(visitor: Visitor): visitor is Person {
  return "signIn" in visitor;
}

/** For the evidence; without any secret. */
export function nameOf(visitor: Visitor): string {
  return isPerson(visitor) ? visitor.how : visitor.username;
}
