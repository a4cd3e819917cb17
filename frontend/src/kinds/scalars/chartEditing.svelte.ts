/** Which chart is being put together: -1 is a new one; null: none. */
let index = $state<number | null>(null);

export const edited = {
  get index(): number | null {
    return index;
  },
  set index(value: number | null) {
    index = value;
  },
};
