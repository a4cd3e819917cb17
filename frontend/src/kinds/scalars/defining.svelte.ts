/** Which label somebody says what it is of; "": none. */
let label = $state("");

export const defined = {
  get label(): string {
    return label;
  },
  set label(chosen: string) {
    label = chosen;
  },
};
