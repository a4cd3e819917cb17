/** Where the focus was before something took it. */

/**
 * Called before, it returns what is to be called afterwards. What had the focus may have been drawn anew in the meantime:
 * then it is known again by its `data-place`, or else what it stood in is focused.
 */
export function rememberFocus(): () => void {
  const from = document.activeElement;
  if (!(from instanceof HTMLElement) || from === document.body) return () => undefined;
  const { place } = from.dataset;
  const around = from.parentElement?.closest<HTMLElement>("[tabindex='0']");
  return () => {
    if (document.activeElement !== document.body) return; // it is somewhere else on purpose
    const again = place && document.querySelector<HTMLElement>(`[data-place="${CSS.escape(place)}"]`);
    (from.isConnected ? from : again || around)?.focus();
  };
}
