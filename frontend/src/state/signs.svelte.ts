/**
 * What is odd about experiments, said by a sign beside their names. Whoever finds it out is loaded on demand, and says so
 * here: until then there is nothing to be said.
 */
type WhyOf = (experiment: string) => string;

let whyOf = $state.raw<WhyOf>(() => "");

/** Why there is a sign on it, in words; "": there is none. */
export function signOn(experiment: string): string {
  return whyOf(experiment);
}

export function useSigns(found: WhyOf): void {
  whyOf = found;
}
