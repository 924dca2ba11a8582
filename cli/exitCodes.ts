/** Exit codes of every command. */
export const exitCodes = {
  /** Healthy, no difference, done. */
  ok: 0,
  /** The command could not do its work. */
  error: 1,
  /** It found something: a cause, a difference. */
  findings: 2,
  /** A sign-in does not work. */
  signInBroken: 3,
  /** The command line is wrong. */
  usage: 64,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;
