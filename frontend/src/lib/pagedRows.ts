/** Of long lists of rows only some are asked for: a page of them around those in sight. Pure. */

export interface Paging {
  /** Rows asked for at a time. */
  page: number;
  /** Rows between those in sight and an end of the page from which on others are asked for. */
  near: number;
}

/** The first row to ask for. `begin`: of the page that is there; `inSight`: in their order; `count`: of all rows. */
export function pageAround(
  begin: number,
  inSight: readonly number[],
  count: number,
  { page, near }: Paging,
): number {
  const [first, last] = [inSight[0], inSight.at(-1)];
  if (first === undefined || last === undefined) return begin;
  const end = begin + page;
  const isShort = (first < begin + near && begin > 0) || (last > end - near && end < count);
  const isOutside = last < begin || first >= end;
  return isShort || isOutside ? Math.max(0, Math.round((first + last) / 2 - page / 2)) : begin;
}
