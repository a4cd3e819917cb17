/** `{@attach visible((isVisible) => ...)}`: told when the element comes near the window and when it leaves. */
import type { Attachment } from "svelte/attachments";

export function visible(tell: (isVisible: boolean) => void, margin = "200px"): Attachment {
  return (element) => {
    const observer = new IntersectionObserver((entries) => tell(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: margin,
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
