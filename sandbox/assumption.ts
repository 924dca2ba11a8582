/** A vendor fact that no source confirms: what the sandbox does about it, and what to ask a real org. */
export interface Assumption<Choice> {
  /** What to try on a real org to learn the truth. */
  readonly question: string;
  /** What the vendor might do; for names of things, the candidates seen so far. */
  readonly alternatives: readonly Choice[];
  /** What the sandbox does. */
  readonly chosen: Choice;
}

/** States one assumption; the choice must be one of the alternatives. For an open value: `assume<string>(...)`. */
export function assume<const Choice>(assumption: {
  question: string;
  alternatives: readonly Choice[];
  chosen: NoInfer<Choice>;
}): Assumption<Choice> {
  return assumption;
}

/** Other choices for some assumptions of a catalogue. */
export type Choices<Catalogue> = {
  readonly [Name in keyof Catalogue]?: Catalogue[Name] extends Assumption<infer Choice> ? Choice : never;
};

/** The same catalogue with some choices switched. */
export function choose<Catalogue extends object>(
  catalogue: Catalogue,
  choices: Choices<Catalogue>,
): Catalogue {
  const switched = Object.entries(choices).map(([name, chosen]) => [
    name,
    { ...catalogue[name as keyof Catalogue], chosen },
  ]);
  return { ...catalogue, ...Object.fromEntries(switched) };
}
